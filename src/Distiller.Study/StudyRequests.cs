using Distiller.Core;
using Distiller.Retrieval;

namespace Distiller.Study;

/// <summary>
/// What a teacher is asked, so that an adapter learns a document: for each entry the logged requests that nobody is known to
/// have answered, then requests varied from logged ones, then, where there are neither, a question on the entry itself.
/// </summary>
public sealed class StudyRequests
{
    private readonly ContextDocument _document;
    private readonly IReadOnlyList<(string Request, ContextEntry Entry)> _logged;
    private readonly ILookup<string, string> _unanswered;
    private readonly HashSet<string> _known;

    /// <param name="solved">Logged successes under this document, or an older version of it.</param>
    /// <param name="unanswered">Logged requests whose outcome is unknown or bad.</param>
    public StudyRequests(ContextDocument document, IReadOnlyList<PastSuccess> solved, IReadOnlyList<string> unanswered)
    {
        _document = document;
        var requests = new EntryRequests(document.Entries, solved);
        _logged =
        [
            .. document.Entries.SelectMany(e =>
                requests.Of(e).Distinct(StringComparer.Ordinal).Select(r => (Request: r, Entry: e))
            ),
        ];
        _known = _logged.Select(l => l.Request).ToHashSet(StringComparer.Ordinal);
        var nearest = new Bm25Index([.. document.Entries.Select(requests.Describe)]);
        _unanswered = unanswered
            .Distinct(StringComparer.Ordinal)
            .Where(r => !_known.Contains(r))
            .Select(r => (Request: r, nearest.Search(r, 1).Best))
            .Where(r => r.Best.Count > 0)
            .ToLookup(r => document.Entries[r.Best[0].Position].Id, r => r.Request, StringComparer.Ordinal);
    }

    /// <summary>At most <paramref name="perEntry"/> of each entry, round by round: one of every entry before the second of any.</summary>
    public IEnumerable<StudyRequest> Draw(int perEntry, long seed)
    {
        var made = new HashSet<string>(_known, StringComparer.Ordinal);
        var ofEntry = _document.Entries.Select(e => new Queue<StudyRequest>(Of(e, seed))).ToList();
        for (var round = 0; round < perEntry; round++)
        {
            foreach (var queue in ofEntry)
            {
                while (queue.TryDequeue(out var request))
                {
                    if (made.Add(request.Text))
                    {
                        yield return request;
                        break;
                    }
                }
            }
        }
    }

    private IEnumerable<StudyRequest> Of(ContextEntry entry, long seed)
    {
        var unanswered = _unanswered[entry.Id].Select(r => new StudyRequest(r, entry, StudyRequest.Logged));
        var varied = _logged
            .Where(l => l.Entry.Id != entry.Id)
            .Select(l => RequestVariations.Of(l.Request, l.Entry, entry))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Select(r => (Request: r, Draw: new SplitMix64((ulong)seed, r).Next()))
            .OrderBy(r => r.Draw)
            .Select(r => new StudyRequest(r.Request, entry, StudyRequest.Varied));
        return unanswered
            .Concat(varied)
            .DefaultIfEmpty(new StudyRequest($"{entry.Head}?", entry, StudyRequest.Question));
    }
}

/// <summary>A request that was not logged with a good answer.</summary>
/// <param name="Entry">The entry that it is made for.</param>
/// <param name="Kind">How it came about.</param>
public sealed record StudyRequest(string Text, ContextEntry Entry, string Kind)
{
    public const string Logged = "logged";
    public const string Varied = "varied";
    public const string Question = "question";

    /// <summary>Whether it is known to ask for the entry; of a logged request the entry is the nearest, no more.</summary>
    public bool IsMade => Kind != Logged;
}
