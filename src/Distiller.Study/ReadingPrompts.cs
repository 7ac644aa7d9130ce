using Distiller.Core;
using Distiller.Retrieval;

namespace Distiller.Study;

/// <summary>
/// Prompts in which some entries of the document stand again, so that the adapter does not forget how to read what it knows by
/// heart: entries that have nothing to do with the request, the right entry among others, and, as often as both together, the
/// right entry with another's instructions. There the context must win over what was learnt.
/// </summary>
public sealed class ReadingPrompts(ContextDocument document, IReadOnlyList<PastSuccess> solved, StudyOptions options)
{
    private readonly Bm25Index _answers = new([.. document.Entries.Select(e => e.Text)]);
    private readonly Bm25Index _heads = new([
        .. document.Entries.Select(new EntryRequests(document.Entries, solved).Describe),
    ]);

    /// <param name="known">Logged successes, in the order in which they are to be used.</param>
    public IEnumerable<ReadingPrompt> Draw(IReadOnlyList<LoggedAnswer> known)
    {
        foreach (var (i, logged) in known.Index())
        {
            var best = _answers.Search(logged.Answer, 1).Best;
            if (best.Count == 0)
            {
                continue;
            }

            var right = document.Entries[best[0].Position];
            var random = new SplitMix64((ulong)options.Seed, logged.Request);
            var others = Others(logged.Request, right, random);
            if (i % 4 == 0)
            {
                yield return new ReadingPrompt(ReadingPrompt.Wrong, logged.Request, others, null, logged.Answer);
            }
            else if (i % 4 == 1)
            {
                yield return new ReadingPrompt(
                    ReadingPrompt.Right,
                    logged.Request,
                    Ordered([.. others, right]),
                    right,
                    logged.Answer
                );
            }
            else if (Exchanged(right, random) is { } changed)
            {
                yield return new ReadingPrompt(
                    ReadingPrompt.Changed,
                    logged.Request,
                    Ordered([.. others, changed]),
                    changed,
                    null
                );
            }
        }
    }

    /// <summary>Half of them are near to the request, the others are any; from none to as many as retrieval shows.</summary>
    private List<ContextEntry> Others(string request, ContextEntry right, SplitMix64 random)
    {
        var count = random.NextBelow(options.EntriesShown + 1);
        var near = _heads
            .Search(request, options.EntriesShown)
            .Best.Select(m => document.Entries[m.Position])
            .Take((count + 1) / 2);
        var any = Enumerable.Range(0, count).Select(_ => document.Entries[random.NextBelow(document.Entries.Count)]);
        return Ordered([.. near.Concat(any).Where(e => e.Id != right.Id).DistinctBy(e => e.Id).Take(count)]);
    }

    private List<ContextEntry> Ordered(IReadOnlyList<ContextEntry> entries)
    {
        var place = document.Entries.Index().ToDictionary(e => e.Item.Id, e => e.Index, StringComparer.Ordinal);
        return [.. entries.OrderBy(e => place[e.Id])];
    }

    /// <returns>The entry's head with what another entry says; null where one of them is not cut by a colon.</returns>
    private ContextEntry? Exchanged(ContextEntry entry, SplitMix64 random)
    {
        var other = document.Entries[random.NextBelow(document.Entries.Count)];
        var (own, its) = (
            entry.Text.IndexOf(':', StringComparison.Ordinal),
            other.Text.IndexOf(':', StringComparison.Ordinal)
        );
        return own < 0 || its < 0 || entry.Text[own..] == other.Text[its..]
            ? null
            : entry with
            {
                Text = entry.Text[..own] + other.Text[its..],
            };
    }
}

/// <summary>A request with entries in its prompt.</summary>
/// <param name="Deciding">The entry that the answer follows from; null: none of them.</param>
/// <param name="Answer">As it was logged; null: a teacher must read the entries.</param>
public sealed record ReadingPrompt(
    string Kind,
    string Request,
    IReadOnlyList<ContextEntry> Entries,
    ContextEntry? Deciding,
    string? Answer
)
{
    public const string Wrong = "wrong entries in the prompt";
    public const string Right = "right entry in the prompt";
    public const string Changed = "changed entry in the prompt";

    /// <summary>The student's line with the entries below it.</summary>
    public string System(string line) => string.Join('\n', Entries.Select(e => e.Text).Prepend(line));
}
