using Distiller.Edge.Llama;

namespace Distiller.Edge.Serving;

/// <summary>
/// Everything that one adapter (or the bare base) answers: a context with as many sequences as may be answered at once,
/// each of which keeps its tokens when its answer ends, for a prompt that begins with them. For the engine's thread only.
/// </summary>
internal sealed class AdapterLane : IDisposable
{
    private readonly BatchDecoder _decoder;
    private readonly LaneSequence[] _sequences;
    private readonly FrozenSessions _frozen;
    private readonly StateBinding _binding;
    private readonly DraftGauge _gauge;
    private readonly EngineCounters _counters;
    private readonly TimeProvider _time;

    public AdapterLane(
        EdgeModel model,
        EdgeAdapter? adapter,
        BatchShape shape,
        FrozenSessions frozen,
        DraftGauge gauge,
        EngineCounters counters,
        TimeProvider time
    )
    {
        _decoder = BatchDecoder.Open(model, adapter, shape);
        _sequences = [.. Enumerable.Range(0, shape.Sequences).Select(i => new LaneSequence(i))];
        _frozen = frozen;
        _binding = StateBinding.Of(model, adapter, adapter is null ? 0 : 1, shape.Exact);
        _gauge = gauge;
        _counters = counters;
        _time = time;
        gauge.Probe(_decoder, time);
        Adapter = adapter;
        LastUsed = time.GetTimestamp();
    }

    public EdgeAdapter? Adapter { get; }

    public long LastUsed { get; private set; }

    public bool IsIdle => Array.TrueForAll(_sequences, s => s.Run is null);

    public bool HasRoom => Array.Exists(_sequences, s => s.Run is null);

    public int Active => _sequences.Count(s => s.Run is not null);

    /// <summary>Takes a request into a sequence that has none, the one that holds most of its prompt.</summary>
    public void Take(AnswerRun run)
    {
        LastUsed = _time.GetTimestamp();
        var prompt = run.Request.Prompt;
        var sequence = _sequences
            .Where(s => s.Run is null)
            .OrderByDescending(s => Shared(s, prompt))
            .ThenBy(s => s.LastUsed)
            .First();
        var own = Shared(sequence, prompt);
        var other = _sequences.MaxBy(s => Shared(s, prompt))!;
        var frozen = _frozen.Best(_binding, prompt);
        var thawed = frozen is null
            ? 0
            : Math.Min(frozen.Tokens.AsSpan().CommonPrefixLength(prompt), prompt.Length - 1);
        var lent = Shared(other, prompt);
        if (thawed >= Math.Max(own, lent) + FrozenSessions.TokensMin && _frozen.Read(_binding, frozen!) is { } state)
        {
            Freeze(sequence, 0);
            Hydrate(sequence, frozen!, state);
        }
        else if (lent > own)
        {
            Freeze(sequence, 0);
            Empty(sequence);
            _decoder.Share(other.Index, sequence.Index, lent);
            sequence.Tokens.AddRange(other.Tokens.GetRange(0, lent));
        }
        else
        {
            Freeze(sequence, own);
        }

        var kept = Shared(sequence, prompt);
        _decoder.Truncate(sequence.Index, kept);
        sequence.Tokens.RemoveRange(kept, sequence.Tokens.Count - kept);
        // It may refuse its grammar: then the sequence stays idle.
        run.Begin(kept);
        sequence.Run = run;
    }

    /// <summary>One batch: the next token of every answer, and as much of the prompts as it has room for.</summary>
    public void Step()
    {
        LastUsed = _time.GetTimestamp();
        foreach (var sequence in _sequences.Where(s => s.Run is not null && s.Run.IsOver(_time)))
        {
            Release(sequence);
        }

        var outputs = new List<Output>();
        foreach (var sequence in _sequences.Where(s => s.Run is { Next: not null }))
        {
            outputs.Add(AddNext(sequence));
        }

        foreach (var sequence in _sequences.Where(s => s.Run is { Next: null }))
        {
            var prompt = sequence.Run!.Request.Prompt;
            while (sequence.Tokens.Count < prompt.Length && _decoder.Pending < _decoder.Shape.BatchTokens)
            {
                var isLast = sequence.Tokens.Count == prompt.Length - 1;
                var index = Add(sequence, prompt[sequence.Tokens.Count], isLast);
                if (isLast)
                {
                    outputs.Add(new Output(sequence, index, sequence.Tokens.Count, []));
                }
            }
        }

        if (_decoder.Pending == 0)
        {
            return;
        }

        try
        {
            _decoder.Decode();
        }
        catch (InvalidOperationException e)
        {
            FailAll(e);
            return;
        }

        _counters.Batches.Add(1);
        foreach (var output in outputs)
        {
            Advance(output);
        }
    }

    /// <summary>Writes what the idle sequences hold to the disk.</summary>
    public void FreezeIdle()
    {
        foreach (var sequence in _sequences.Where(s => s.Run is null))
        {
            Freeze(sequence, 0);
        }
    }

    public void FailAll(Exception error)
    {
        foreach (var sequence in _sequences)
        {
            sequence.Run?.Fail(error);
            Release(sequence);
            Empty(sequence);
        }
    }

    public void Dispose()
    {
        FailAll(new ObjectDisposedException(nameof(AdapterLane)));
        _decoder.Dispose();
    }

    /// <summary>Never the whole prompt: the logits behind its last token must be computed.</summary>
    private static int Shared(LaneSequence sequence, int[] prompt) =>
        Math.Min(
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(sequence.Tokens).CommonPrefixLength(prompt),
            prompt.Length - 1
        );

    private int Add(LaneSequence sequence, int token, bool logits)
    {
        var index = _decoder.Add(token, sequence.Tokens.Count, sequence.Index, logits);
        sequence.Tokens.Add(token);
        return index;
    }

    /// <summary>The token that was chosen, and behind it a guess at those that follow, as far as there is room.</summary>
    private Output AddNext(LaneSequence sequence)
    {
        var run = sequence.Run!;
        var index = Add(sequence, run.Next!.Value, logits: true);
        var held = sequence.Tokens.Count;
        // Every other sequence's own token must find its place in the batch.
        var most = Math.Min(
            Math.Min(run.Left - 1, _decoder.Shape.ContextTokens - held),
            _decoder.Shape.BatchTokens - _decoder.Pending - _decoder.Shape.Sequences
        );
        var guess = PromptLookup
            .Guess(
                System.Runtime.InteropServices.CollectionsMarshal.AsSpan(sequence.Tokens),
                Math.Min(most, most > 0 ? _gauge.Next() : 0)
            )
            .ToArray();
        foreach (var token in guess)
        {
            Add(sequence, token, logits: true);
        }

        return new Output(sequence, index, held, guess);
    }

    /// <summary>
    /// Chooses the next token, and goes on for as long as what is chosen is what was guessed: the logits behind it are there
    /// already. Whatever the guess, the tokens are those that plain decoding chooses from the same logits.
    /// </summary>
    private void Advance(Output output)
    {
        var (sequence, index, held, guess) = output;
        var right = 0;
        while (true)
        {
            var goesOn = sequence.Run!.Advance(
                _decoder.LogitsAt(index + right),
                _decoder.Shape.ContextTokens - held - right
            );
            if (goesOn && right < guess.Length && sequence.Run.Next == guess[right])
            {
                right++;
                continue;
            }

            if (guess.Length > 0)
            {
                _decoder.Truncate(sequence.Index, held + right);
                sequence.Tokens.RemoveRange(held + right, guess.Length - right);
                _gauge.Learn(guess.Length, right);
                _counters.Guessed.Add(right, new KeyValuePair<string, object?>("right", "yes"));
                _counters.Guessed.Add(guess.Length - right, new KeyValuePair<string, object?>("right", "no"));
            }

            if (!goesOn)
            {
                Release(sequence);
            }

            return;
        }
    }

    private void Release(LaneSequence sequence)
    {
        sequence.Run?.Dispose();
        sequence.Run = null;
        sequence.LastUsed = _time.GetTimestamp();
    }

    /// <summary>What is about to be overwritten, where more of it would be lost than is worth computing again.</summary>
    private void Freeze(LaneSequence sequence, int kept)
    {
        if (
            _frozen.IsOn
            && sequence.Tokens.Count - kept >= FrozenSessions.TokensMin
            && _frozen.Freeze(_binding, [.. sequence.Tokens], _decoder.GetState(sequence.Index))
        )
        {
            _counters.Frozen.Add(1);
        }
    }

    private void Hydrate(LaneSequence sequence, FrozenSession frozen, byte[] state)
    {
        Empty(sequence);
        if (frozen.Tokens.Length <= _decoder.Shape.ContextTokens && _decoder.SetState(sequence.Index, state))
        {
            sequence.Tokens.AddRange(frozen.Tokens);
            _counters.Hydrated.Add(1);
        }
    }

    private void Empty(LaneSequence sequence)
    {
        _decoder.Truncate(sequence.Index, 0);
        sequence.Tokens.Clear();
    }

    /// <summary>Where the logits behind a sequence's token are, and behind each of the guesses after it.</summary>
    /// <param name="Held">Tokens of the sequence without the guesses.</param>
    private readonly record struct Output(LaneSequence Sequence, int Index, int Held, int[] Guess);

    private sealed class LaneSequence(int index)
    {
        public int Index { get; } = index;

        /// <summary>In the cache, or added to the batch that is about to be evaluated.</summary>
        public List<int> Tokens { get; } = [];

        /// <summary>Null: it is idle.</summary>
        public AnswerRun? Run { get; set; }

        public long LastUsed { get; set; }
    }
}
