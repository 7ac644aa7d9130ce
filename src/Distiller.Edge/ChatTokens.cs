using Distiller.Core;

namespace Distiller.Edge;

/// <summary>Builds a conversation's tokens from what each message adds to the rendering.</summary>
internal sealed class ChatTokens(ChatTokenizer tokenizer)
{
    private readonly List<int> _tokens = [];
    private readonly List<bool> _mask = [];

    /// <summary>What has been turned into tokens so far.</summary>
    private string _rendered = "";

    public ChatTokens Add(IReadOnlyList<ChatMessage> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            var said = messages[i].Role == "assistant";
            if (said)
            {
                // The header is tokenized by itself, as it is when the model is asked to answer.
                AddAssistantHeader([.. messages.Take(i)]);
            }

            var whole = tokenizer.Render([.. messages.Take(i + 1)], addAssistantPrompt: false);
            var tokens = TokenizeDelta(Advance(whole, i), messages[i].Content);
            Append(tokens, said ? SpokenLength(tokens) : 0);
        }

        return this;
    }

    /// <summary>What the template writes before an assistant's words.</summary>
    /// <param name="messages">Those added so far.</param>
    public ChatTokens AddAssistantHeader(IReadOnlyList<ChatMessage> messages)
    {
        var header = Advance(tokenizer.Render(messages, addAssistantPrompt: true), messages.Count);
        Append(tokenizer.TokenizeRendered(header), 0);
        return this;
    }

    public TokenizedChat ToChat()
    {
        // Some templates write the beginning of sequence themselves.
        if (tokenizer.AddedBeginning is { } beginning && (_tokens.Count == 0 || _tokens[0] != beginning))
        {
            return new TokenizedChat([beginning, .. _tokens], [false, .. _mask]);
        }

        return new TokenizedChat([.. _tokens], [.. _mask]);
    }

    private string Advance(string rendered, int message)
    {
        if (!rendered.StartsWith(_rendered, StringComparison.Ordinal))
        {
            throw new BadInputException(
                new SourceLocation(tokenizer.Path, 0),
                $"With message {message + 1} the chat template writes the messages before it differently.",
                "Use a model whose template only appends (ChatML, Llama 3, Gemma); this one cannot be trained turn by turn."
            );
        }

        var delta = rendered[_rendered.Length..];
        _rendered = rendered;
        return delta;
    }

    private int[] TokenizeDelta(string delta, string content)
    {
        var text = content.Replace('\0', '\uFFFD');
        if (!tokenizer.HoldsControlText(text))
        {
            return tokenizer.TokenizeRendered(delta);
        }

        // The content must not close its own message or open another: only what the template wrote around it is parsed.
        var trimmed = text.Trim();
        var start = delta.IndexOf(trimmed, StringComparison.Ordinal);
        if (start < 0)
        {
            throw new BadInputException(
                new SourceLocation(tokenizer.Path, 0),
                "A message holds text that looks like a control token, and the chat template rewrites it.",
                "Remove the control tokens from the message."
            );
        }

        return
        [
            .. tokenizer.Tokenize(delta[..start], parseSpecial: true),
            .. tokenizer.Tokenize(delta.Substring(start, trimmed.Length)),
            .. tokenizer.Tokenize(delta[(start + trimmed.Length)..], parseSpecial: true),
        ];
    }

    /// <summary>Up to the end-of-turn token; what the template writes behind it the model never has to say.</summary>
    private int SpokenLength(int[] tokens)
    {
        var end = Array.FindLastIndex(tokens, tokenizer.IsEndOfGeneration);
        return end < 0 ? tokens.Length : end + 1;
    }

    private void Append(int[] tokens, int spoken)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            _tokens.Add(tokens[i]);
            _mask.Add(i < spoken);
        }
    }
}
