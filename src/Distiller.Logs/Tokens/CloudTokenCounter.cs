using System.Text;
using Microsoft.ML.Tokenizers;

namespace Distiller.Logs.Tokens;

/// <summary>
/// Counts a text's tokens for a model that is served by a provider: with the model's own encoding where it is published
/// (OpenAI), by bytes elsewhere.
/// </summary>
public sealed class CloudTokenCounter
{
    /// <summary>
    /// Bytes of UTF-8 for a token where the encoding is not known. Mean of the agent logs that were measured with o200k
    /// (English prose, JSON and code: 3.26); other languages have fewer.
    /// </summary>
    public const double BytesPerToken = 3.3;

    private readonly TiktokenTokenizer? _tokenizer;

    private CloudTokenCounter(string method, TiktokenTokenizer? tokenizer)
    {
        Method = method;
        _tokenizer = tokenizer;
    }

    /// <summary>How it counts, in words for people; says "estimate" where it is one.</summary>
    public string Method { get; }

    /// <summary>Whether bytes are counted for want of the model's encoding.</summary>
    public bool IsEstimate => _tokenizer is null;

    /// <param name="model">
    /// As a log names it, also with its provider (<c>openai/gpt-4o</c>) and date; null where it is not known.
    /// </param>
    public static CloudTokenCounter For(string? model)
    {
        var name = model?[(model.LastIndexOf('/') + 1)..];
        if (!string.IsNullOrWhiteSpace(name))
        {
            try
            {
                return new CloudTokenCounter($"the encoding of {name}", TiktokenTokenizer.CreateForModel(name));
            }
            catch (NotSupportedException)
            {
                // Not a model with a published encoding.
            }
        }

        return new CloudTokenCounter(
            FormattableString.Invariant(
                $"an estimate: {BytesPerToken} bytes a token, the model's encoding is not known"
            ),
            null
        );
    }

    public long Count(string text) =>
        _tokenizer is null
            ? (long)Math.Ceiling(Encoding.UTF8.GetByteCount(text) / BytesPerToken)
            : UnbrokenRuns.Cut(text).Sum(piece => (long)_tokenizer.CountTokens(piece));
}
