using System.ComponentModel.DataAnnotations;
using Distiller.Core;
using Distiller.Edge.Llama;

namespace Distiller.Edge;

/// <summary>
/// One context of a model: a cache of evaluated tokens, and at most one adapter. For use by one thread at a time.
/// </summary>
public sealed class EdgeSession : IDisposable
{
    private readonly Decoder _decoder;
    private readonly List<int> _cached = [];
    private float[]? _restoredLogits;
    private bool _logitsReady;

    private EdgeSession(EdgeModel model, Decoder decoder, bool exact)
    {
        Model = model;
        _decoder = decoder;
        Exact = exact;
    }

    public EdgeModel Model { get; }

    /// <summary>Null: the base model alone.</summary>
    public EdgeAdapter? Adapter { get; private set; }

    public float AdapterScale { get; private set; }

    public bool Exact { get; }

    /// <summary>Tokens the cache can hold.</summary>
    public int ContextTokens => _decoder.ContextTokens;

    /// <summary>Tokens in the cache now.</summary>
    public int CachedTokens => _cached.Count;

    internal static EdgeSession Open(EdgeModel model, EdgeSessionOptions options) =>
        new(model, Decoder.Open(model, options), options.Exact);

    /// <summary>
    /// Replaces the adapter; null detaches. The cache is emptied: what one adapter computed must not be read by another.
    /// </summary>
    public void Attach(EdgeAdapter? adapter, float scale = 1f)
    {
        if (adapter is not null && !ReferenceEquals(adapter.Model, Model))
        {
            throw new BadInputException(
                new SourceLocation(adapter.Path, 0),
                $"The adapter was loaded for {adapter.Model.Path}, not for {Model.Path}.",
                "Load it with the model whose session it is to serve."
            );
        }

        if (!float.IsFinite(scale))
        {
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "The scale must be a finite number.");
        }

        Reset();
        _decoder.SetAdapter(adapter, scale);
        Adapter = adapter;
        AdapterScale = adapter is null ? 0 : scale;
    }

    /// <summary>Empties the cache.</summary>
    public void Reset() => Truncate(0);

    /// <summary>Keeps the first <paramref name="tokens"/> of the cache.</summary>
    public void Truncate(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, _cached.Count);
        if (tokens == _cached.Count && tokens > 0)
        {
            return;
        }

        _decoder.Truncate(tokens);
        _cached.RemoveRange(tokens, _cached.Count - tokens);
        Forget();
    }

    /// <summary>Evaluates the tokens behind what is in the cache.</summary>
    public void Feed(ReadOnlySpan<int> tokens)
    {
        if (tokens.IsEmpty)
        {
            return;
        }

        var last = tokens.Length - 1;
        Evaluate(tokens, i => i == last, read: null);
        _logitsReady = true;
    }

    /// <summary>Makes the cache hold exactly these tokens, computing only what it does not share with them already.</summary>
    public PrefillResult Prefill(ReadOnlySpan<int> tokens)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Length, nameof(tokens));
        // Before the cache is touched: a prompt that does not fit must not cost what is there.
        _decoder.Check(tokens, 0);
        var shared = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_cached).CommonPrefixLength(tokens);
        // The logits behind the last token are wanted, so it is computed even where it is in the cache.
        var reused = Math.Min(shared, tokens.Length - 1);
        Truncate(reused);
        Feed(tokens[reused..]);
        return new PrefillResult(reused, tokens.Length - reused);
    }

    /// <summary>Scores of every token of the vocabulary as the next one, behind the last token fed.</summary>
    public float[] LastLogits() => _restoredLogits is { } saved ? [.. saved] : CurrentLogits().ToArray();

    /// <summary>
    /// How surprising each masked token is: <c>-ln p(tokens[i] | tokens[..i])</c> in nats for each <c>mask[i]</c>, in order,
    /// with the sum in double precision. Starts from an empty cache; leaves the tokens before the last masked one in it.
    /// </summary>
    public double[] NegativeLogLikelihood(ReadOnlySpan<int> tokens, ReadOnlySpan<bool> mask)
    {
        if (mask.Length != tokens.Length || (mask.Length > 0 && mask[0]))
        {
            throw new ArgumentException(
                "One flag a token is needed, and nothing stands before the first.",
                nameof(mask)
            );
        }

        Reset();
        var count = mask.LastIndexOf(true);
        if (count < 0)
        {
            return [];
        }

        var targets = tokens.ToArray();
        _decoder.Check(tokens, 0);
        var wanted = mask.ToArray();
        var result = new List<double>();
        Evaluate(
            tokens[..count],
            i => wanted[i + 1],
            (i, logits) => result.Add(Softmax.NegativeLog(logits, targets[i + 1], Model.Path))
        );
        return [.. result];
    }

    /// <summary>
    /// Logits behind each of the positions, in the order asked for. Starts from an empty cache; leaves the tokens in it.
    /// </summary>
    public float[][] Logits(ReadOnlySpan<int> tokens, int[] positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        foreach (var position in positions)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(position, nameof(positions));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, tokens.Length, nameof(positions));
        }

        Reset();
        var found = positions.Distinct().ToDictionary(p => p, _ => Array.Empty<float>());
        Evaluate(tokens, found.ContainsKey, (i, logits) => found[i] = logits.ToArray());
        return [.. positions.Select(p => found[p])];
    }

    /// <summary>
    /// The most likely token, again and again, until the model ends its turn, <paramref name="maxTokens"/> are written or
    /// the context is full. The end-of-generation token is not among them. All but the last token are then in the cache,
    /// and the last too where the model ended its turn. Needs the logits of a token fed before.
    /// </summary>
    public int[] GenerateGreedy(int maxTokens, CancellationToken ct = default) => GenerateGreedy(maxTokens, null, ct);

    /// <inheritdoc cref="GenerateGreedy(int, CancellationToken)"/>
    /// <param name="meter">Is shown the logits of every choice.</param>
    public int[] GenerateGreedy(int maxTokens, ConfidenceMeter? meter, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxTokens);
        var written = new List<int>();
        while (written.Count < maxTokens)
        {
            ct.ThrowIfCancellationRequested();
            var logits = _restoredLogits is { } saved ? saved : CurrentLogits();
            var token = Softmax.Best(logits, Model.Path);
            meter?.Add(logits);
            if (Model.Tokenizer.IsEndOfGeneration(token))
            {
                break;
            }

            written.Add(token);
            if (written.Count == maxTokens || CachedTokens == ContextTokens)
            {
                break;
            }

            Feed([token]);
        }

        return [.. written];
    }

    /// <summary>Writes the cache, bound to the model's and the adapter's SHA-256, in one file.</summary>
    public void SaveState(string path) =>
        SessionState.Save(
            path,
            Binding,
            [.. _cached],
            _logitsReady || _restoredLogits is not null ? LastLogits() : null,
            _decoder.GetState()
        );

    /// <summary>
    /// Replaces the cache by a saved one. A file of another model, adapter, scale or precision is refused, and so is a
    /// damaged one. Guards against mix-ups and damage, not against forgery: keep states where only their owner writes.
    /// </summary>
    public void LoadState(string path)
    {
        var (tokens, logits, data) = SessionState.Load(path, Binding);
        _decoder.Check(tokens, 0);
        Reset();
        if (!_decoder.SetState(data))
        {
            _decoder.Truncate(0);
            throw new BadInputException(
                new SourceLocation(path, 0),
                $"llama.cpp refuses this state: {LlamaLog.Errors()}.",
                "Evaluate the prompt again and save the state afresh."
            );
        }

        _cached.AddRange(tokens);
        _restoredLogits = logits;
    }

    public void Dispose()
    {
        _decoder.Dispose();
        Adapter = null;
    }

    private StateBinding Binding => StateBinding.Of(Model, Adapter, AdapterScale, Exact);

    private void Evaluate(ReadOnlySpan<int> tokens, Func<int, bool> wants, LogitsReader? read)
    {
        _decoder.Check(tokens, _cached.Count);
        Forget();
        _decoder.Evaluate(tokens, _cached.Count, wants, read);
        _cached.AddRange(tokens);
    }

    private void Forget()
    {
        _logitsReady = false;
        _restoredLogits = null;
    }

    private ReadOnlySpan<float> CurrentLogits() =>
        _logitsReady
            ? _decoder.LogitsAt(-1)
            : throw new InvalidOperationException("There are no logits: feed a token first.");
}

public sealed record EdgeSessionOptions
{
    /// <summary>Tokens the cache can hold; at most what the model was trained for. 0: that, but no more than 4096.</summary>
    public int ContextTokens { get; init; }

    /// <summary>Tokens evaluated in one go.</summary>
    [Range(1, 8192)]
    public int BatchTokens { get; init; } = 512;

    /// <summary>0: the model's <see cref="EdgeModelOptions.Threads"/>.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>
    /// Keeps the cache in F32 and does without flash attention: agrees with a float implementation to about 1e-5 in
    /// single logits, where llama.cpp's defaults (F16, fused) differ by about 1e-3.
    /// </summary>
    public bool Exact { get; init; }
}

/// <summary>How much of a prompt was in the cache already, and how much had to be computed.</summary>
/// <param name="Reused">Tokens of the longest prefix shared with the cache (never all: the last one is always computed).</param>
/// <param name="Evaluated">Tokens computed now.</param>
public readonly record struct PrefillResult(int Reused, int Evaluated);
