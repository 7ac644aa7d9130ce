using Distiller.Edge.Llama;

namespace Distiller.Edge.Serving;

/// <summary>
/// Whether guessing pays on this machine: evaluating a token with guesses behind it takes longer than the token alone, by a
/// factor that is measured once, and every guess that is right saves one evaluation. For the engine's thread only.
/// </summary>
internal sealed class DraftGauge(int tokensMax)
{
    private const int ProbeTokens = 32;
    private const int ProbeRuns = 5;

    /// <summary>How much a new guess counts against those before.</summary>
    private const double Forgetting = 0.05;

    /// <summary>Where it did not pay it is tried again once in so many chances: texts change.</summary>
    private const int RetryEvery = 64;

    private double _right = tokensMax;
    private int _chances;

    /// <summary>Time for a token with <c>tokensMax</c> guesses over that of a token alone; null: not measured yet.</summary>
    public double? Ratio { get; internal set; }

    /// <summary>Measures on a decoder whose sequence 0 is empty, and leaves it so.</summary>
    public void Probe(BatchDecoder decoder, TimeProvider time)
    {
        var room = Math.Min(decoder.Shape.ContextTokens, decoder.Shape.BatchTokens);
        if (tokensMax == 0 || Ratio is not null || room < ProbeTokens + tokensMax + 1)
        {
            return;
        }

        for (var i = 0; i < ProbeTokens; i++)
        {
            decoder.Add(i % 2, i, 0, logits: false);
        }

        decoder.Decode();
        var alone = Measure(decoder, 1, time);
        var guessed = Measure(decoder, 1 + tokensMax, time);
        decoder.Truncate(0, 0);
        Ratio = guessed / alone;
    }

    /// <summary>How many tokens to guess now.</summary>
    public int Next() => Ratio is { } ratio && (1 + _right > ratio || ++_chances % RetryEvery == 0) ? tokensMax : 0;

    /// <summary>Learns how many of the guesses were right.</summary>
    /// <param name="guessed">At least one.</param>
    public void Learn(int guessed, int right) =>
        // A short guess costs less; it is counted as if it had been as long as any.
        _right += Forgetting * (((double)right * tokensMax / guessed) - _right);

    /// <summary>The least of several, in the clock's ticks: whatever else runs only adds to it.</summary>
    private static double Measure(BatchDecoder decoder, int tokens, TimeProvider time)
    {
        var least = long.MaxValue;
        for (var run = 0; run < ProbeRuns; run++)
        {
            for (var i = 0; i < tokens; i++)
            {
                decoder.Add(0, ProbeTokens + i, 0, logits: true);
            }

            var since = time.GetTimestamp();
            decoder.Decode();
            least = Math.Min(least, time.GetTimestamp() - since);
            decoder.Truncate(0, ProbeTokens);
        }

        return Math.Max(1, least);
    }
}
