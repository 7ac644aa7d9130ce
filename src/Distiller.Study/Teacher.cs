using Distiller.Core;
using Distiller.Edge;
using Distiller.Retrieval;

namespace Distiller.Study;

/// <summary>
/// The base without an adapter and with the document in its prompt: what the adapter shall know without the document, the base
/// can read there. It answers every request twice, with the whole document and with the one entry that the request was made for
/// (or, for a logged one, the few that retrieval finds), and teaches only what both answers agree on. Greedy; the document is
/// evaluated once and kept for all requests.
/// </summary>
public sealed class Teacher : IDisposable
{
    /// <summary>An agent that does the same may say it in words of its own.</summary>
    private const double NearlyTheSame = 0.8;

    /// <summary>One model that reads the same entry twice leaves out a step where it says a tenth less.</summary>
    private const double TheSame = 0.95;

    private readonly EdgeModel _model;
    private readonly ContextDocument _document;
    private readonly StudyOptions _options;
    private readonly Bm25Index _nearest;
    private readonly Bm25Index _texts;
    private readonly string _whole;
    private EdgeSession? _wide;
    private EdgeSession? _narrow;

    /// <param name="model">The base; it stays the caller's.</param>
    /// <param name="solved">Logged successes, by whose words entries are found.</param>
    public Teacher(EdgeModel model, ContextDocument document, IReadOnlyList<PastSuccess> solved, StudyOptions options)
    {
        (_model, _document, _options) = (model, document, options);
        _whole = document.With(document.Entries);
        _texts = new Bm25Index([.. document.Entries.Select(e => e.Text)]);
        _nearest = new Bm25Index([.. document.Entries.Select(new EntryRequests(document.Entries, solved).Describe)]);
    }

    /// <summary>
    /// Asks requests whose answers are known: where the teacher does not know those, what it says of anything else is not to be
    /// believed. Ends as soon as it has failed too often.
    /// </summary>
    /// <returns>How many it was asked, and how many of these it answered as they were answered.</returns>
    public (int Asked, int Agreed) Check(IReadOnlyList<LoggedAnswer> logged, CancellationToken cancellation)
    {
        var missesMax = (int)((1 - _options.AgreementMin) * logged.Count);
        var (asked, agreed) = (0, 0);
        foreach (var (request, known) in logged)
        {
            var answer = Answer(request, entry: null, cancellation).Text;
            asked++;
            agreed += answer is not null && AnswerAgreement.Holds(answer, known, NearlyTheSame) ? 1 : 0;
            if (asked - agreed > missesMax)
            {
                break;
            }
        }

        return (asked, agreed);
    }

    /// <param name="entry">Shown alone the first time, and the answer must follow it; null: what retrieval finds.</param>
    public TeacherAnswer Answer(string request, ContextEntry? entry, CancellationToken cancellation)
    {
        var few = entry is not null
            ? [entry]
            : _nearest.Search(request, _options.EntriesShown).Best.Select(m => _document.Entries[m.Position]);
        var brief = Say(ref _narrow, _document.With(few), request, cancellation);
        if (brief.Text is null)
        {
            return brief;
        }

        var full = Say(ref _wide, _whole, request, cancellation);
        return full.Text is null ? full
            : !AnswerAgreement.Holds(brief.Text, full.Text, TheSame) ? new TeacherAnswer(null, TeacherAnswer.Disagrees)
            : entry is not null && !Follows(full.Text, entry) ? new TeacherAnswer(null, TeacherAnswer.Strays)
            : brief;
    }

    /// <summary>Of all entries it must be the one whose text is nearest to what was said.</summary>
    private bool Follows(string answer, ContextEntry entry) =>
        _texts.Search(answer, 1).Best is [var best] && _document.Entries[best.Position].Id == entry.Id;

    /// <summary>
    /// Reads entries that need not be those of the document: once all of them, and once the deciding one alone.
    /// </summary>
    public TeacherAnswer Read(
        string request,
        IEnumerable<ContextEntry> entries,
        ContextEntry deciding,
        CancellationToken cancellation
    )
    {
        var alone = Say(ref _narrow, _document.With([deciding]), request, cancellation);
        if (alone.Text is null)
        {
            return alone;
        }

        var among = Say(ref _narrow, _document.With(entries), request, cancellation);
        return among.Text is null ? among
            : AnswerAgreement.Holds(alone.Text, among.Text, TheSame) ? alone
            : new TeacherAnswer(null, TeacherAnswer.Disagrees);
    }

    private TeacherAnswer Say(ref EdgeSession? session, string system, string request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var prompt = _model.Tokenizer.TokenizePrompt([
            new ChatMessage("system", system),
            new ChatMessage("user", request),
        ]);
        var need = prompt.Length + _options.AnswerTokensMax;
        if (need > _model.ContextLength)
        {
            return new TeacherAnswer(null, TeacherAnswer.TooLong);
        }

        if (session is null || session.ContextTokens < need)
        {
            session?.Dispose();
            session = _model.OpenSession(
                new EdgeSessionOptions { ContextTokens = Math.Min(_model.ContextLength, 2 * need) }
            );
        }

        session.Prefill(prompt);
        var written = session.GenerateGreedy(_options.AnswerTokensMax, cancellation);
        var text = _model.Tokenizer.Detokenize(written, special: true);
        return written.Length == _options.AnswerTokensMax ? new TeacherAnswer(null, TeacherAnswer.Cut)
            : string.IsNullOrWhiteSpace(text) ? new TeacherAnswer(null, TeacherAnswer.Empty)
            : new TeacherAnswer(text, "");
    }

    public void Dispose()
    {
        _wide?.Dispose();
        _narrow?.Dispose();
    }
}

/// <summary>The first thing that an agent said to a request and that went well.</summary>
public sealed record LoggedAnswer(string Request, string Answer);

/// <param name="Text">Null: there is none to be taught.</param>
/// <param name="Reason">Why there is none; else empty.</param>
public sealed record TeacherAnswer(string? Text, string Reason)
{
    public const string TooLong = "the prompt does not fit the base's context";
    public const string Cut = "the answer does not end";
    public const string Empty = "nothing was said";
    public const string Strays = "the answer follows another entry";
    public const string Disagrees = "with other entries in its prompt the teacher says something else";
}
