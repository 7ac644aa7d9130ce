using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Distiller.Core;
using Distiller.Core.Settings;

namespace Distiller.Evaluation;

/// <summary>The rows and turns to measure: chosen once by seed before any model runs, and the same for all arms.</summary>
public sealed record HoldoutPlan(IReadOnlyList<HoldoutRow> Rows, int OfferedRows, int OfferedEpisodes, int CallSteps)
{
    /// <summary>
    /// Chooses rows and turns round-robin over the episodes, so that a small token budget still covers many episodes.
    /// </summary>
    /// <param name="detokenize">Text of token ids of the base, special tokens written out.</param>
    /// <exception cref="BadInputException">There is no row, or one is malformed.</exception>
    public static HoldoutPlan Choose(
        IReadOnlyList<TrainingExample> offered,
        HoldoutOptions options,
        Func<int[], string> detokenize
    )
    {
        OptionsCheck.Require(options);
        CheckRows(offered);
        var rows = InTurn(offered, e => e.EpisodeId, e => $"row {e.EpisodeId} {e.Window}", options.Seed)
            .Take(CountWithin(offered, options))
            .OrderBy(e => e.EpisodeId)
            .ThenBy(e => e.Window)
            .Select(e => new HoldoutRow(e, [.. Turns(e, detokenize)]))
            .ToList();
        var calls =
            from row in rows
            from turn in row.Turns.Index()
            where CallJudge.HasCall(turn.Item.Logged)
            select (row.Example.EpisodeId, row.Example.Window, Turn: turn.Index);
        var all = calls.ToList();
        var chosen = InTurn(
                all,
                c => c.EpisodeId,
                c => string.Create(CultureInfo.InvariantCulture, $"step {c.EpisodeId} {c.Window} {c.Turn}"),
                options.Seed
            )
            .Take(options.MaxGeneratedSteps)
            .ToHashSet();
        var marked = rows.Select(r =>
            r with
            {
                Turns =
                [
                    .. r.Turns.Select(
                        (s, i) => s with { Generate = chosen.Contains((r.Example.EpisodeId, r.Example.Window, i)) }
                    ),
                ],
            }
        );
        return new HoldoutPlan(
            [.. marked],
            offered.Count,
            offered.Select(e => e.EpisodeId).Distinct().Count(),
            all.Count
        );
    }

    /// <summary>SHA-256 over ids, windows, tokens and masks of the rows measured, as 64 hex digits.</summary>
    public string ExampleSetSha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var number = new byte[4];
        foreach (var (example, _) in Rows)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(example.EpisodeId.Value + "\n"));
            Append(example.Window);
            Append(example.Tokens.Length);
            for (var t = 0; t < example.Tokens.Length; t++)
            {
                Append(example.Tokens[t]);
                Append(example.LossMask[t] ? 1 : 0);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, value);
            hash.AppendData(number);
        }
    }

    private static int CountWithin(IReadOnlyList<TrainingExample> offered, HoldoutOptions options)
    {
        long tokens = 0;
        var count = 0;
        foreach (var e in InTurn(offered, e => e.EpisodeId, e => $"row {e.EpisodeId} {e.Window}", options.Seed))
        {
            tokens += e.Tokens.Length;
            if (count > 0 && tokens > options.MaxHoldoutTokens)
            {
                break;
            }

            count++;
        }

        return count;
    }

    /// <summary>Round-robin over the episodes; the seed decides the order within and between them.</summary>
    private static IEnumerable<T> InTurn<T>(
        IEnumerable<T> items,
        Func<T, EpisodeId> episode,
        Func<T, string> name,
        ulong seed
    ) =>
        items
            .GroupBy(episode)
            .SelectMany(g =>
                g.OrderBy(i => Shuffled(name(i), seed))
                    .Select((item, round) => (item, round, episode: Shuffled(g.Key.Value, seed)))
            )
            .OrderBy(i => i.round)
            .ThenBy(i => i.episode)
            .Select(i => i.item);

    private static ulong Shuffled(string name, ulong seed) =>
        BinaryPrimitives.ReadUInt64LittleEndian(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}\n{name}")))
        );

    /// <summary>Each contiguous run of the mask is one turn.</summary>
    private static IEnumerable<HoldoutTurn> Turns(TrainingExample example, Func<int[], string> detokenize)
    {
        for (var t = 0; t < example.Tokens.Length; t++)
        {
            if (!example.LossMask[t])
            {
                continue;
            }

            var start = t;
            while (t < example.Tokens.Length && example.LossMask[t])
            {
                t++;
            }

            yield return new HoldoutTurn(start, t - start, detokenize(example.Tokens[start..t]), Generate: false);
        }
    }

    private static void CheckRows(IReadOnlyList<TrainingExample> rows)
    {
        if (rows.Count == 0)
        {
            throw new BadInputException(
                new SourceLocation("holdout examples", 0),
                "There is no held-out row to evaluate on.",
                "Collect more episodes, or hold out a larger share of the tasks."
            );
        }

        var seen = new HashSet<(EpisodeId, int)>();
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var fault =
                row.Tokens.Length != row.LossMask.Length ? "has a mask of another length than its tokens"
                : row.LossTokens == 0 ? "has no token that carries loss"
                : row.LossMask[0] ? "carries loss on its first token, which nothing predicts"
                : !seen.Add((row.EpisodeId, row.Window)) ? "has the episode and window of an earlier row"
                : null;
            if (fault is not null)
            {
                throw new BadInputException(
                    new SourceLocation("holdout examples", i + 1),
                    $"The row {fault}.",
                    "Build the examples again."
                );
            }
        }
    }
}

/// <summary>A held-out row with its assistant turns.</summary>
public sealed record HoldoutRow(TrainingExample Example, IReadOnlyList<HoldoutTurn> Turns);

/// <summary>One assistant turn of a held-out row.</summary>
/// <param name="Start">Position of its first token: the prompt is every token before it.</param>
/// <param name="Length">Number of its tokens, including the end of turn.</param>
/// <param name="Logged">Text of the turn in the log.</param>
/// <param name="Generate">Whether the model is to write this turn itself, for the agreement of tool calls.</param>
public sealed record HoldoutTurn(int Start, int Length, string Logged, bool Generate);
