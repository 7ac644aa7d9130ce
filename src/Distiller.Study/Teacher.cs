using Distiller.Core;
using Distiller.Edge;
using Distiller.Retrieval;

namespace Distiller.Study;

/// <summary>
/// The base without an adapter and with the document in its prompt: what the adapter shall know without the document, the base
/// can read there. It answers every request twice, with the whole document and with the few entries that retrieval finds for
/// it, and teaches only what both answers agree on. Greedy; the document is evaluated once and kept for all requests.
/// </summary>
public sealed class Teacher : IDisposable
{
    private readonly EdgeModel _model;
    private readonly ContextDocument _document;
    private readonly StudyOptions _options;
    private readonly Bm25Index _nearest;
    private readonly string _whole;
    private EdgeSession? _wide;
    private EdgeSession? _narrow;

    /// <param name="model">The base; it stays the caller's.</param>
    /// <param name="solved">Logged successes, by whose words entries are found.</param>
    public Teacher(EdgeModel model, ContextDocument document, IReadOnlyList<PastSuccess> solved, StudyOptions options)
    {
        (_model, _document, _options) = (model, document, options);
        _whole = document.With(document.Entries);
        _nearest = new Bm25Index([.. document.Entries.Select(new EntryRequests(document.Entries, solved).Describe)]);
    }

    /// <summary>
    /// How many of the requests it answers as they were answered: where it does not know what is known, what it says of
    /// anything else is not to be believed.
    /// </summary>
    public int Agreements(IEnumerable<LoggedAnswer> logged, CancellationToken cancellation) =>
        logged.Count(l =>
            Answer(l.Request, entry: null, cancellation).Text is { } answer && AnswerAgreement.Holds(answer, l.Answer)
        );

    /// <param name="entry">Shown in any case; null: what retrieval finds alone.</param>
    public TeacherAnswer Answer(string request, ContextEntry? entry, CancellationToken cancellation)
    {
        var few = _nearest
            .Search(request, _options.EntriesShown)
            .Best.Select(m => _document.Entries[m.Position])
            .Concat(entry is null ? [] : [entry]);
        var brief = Say(ref _narrow, _document.With(few), request, cancellation);
        if (brief.Text is null)
        {
            return brief;
        }

        var full = Say(ref _wide, _whole, request, cancellation);
        return full.Text is null || AnswerAgreement.Holds(brief.Text, full.Text)
            ? full
            : new TeacherAnswer(null, TeacherAnswer.Disagrees);
    }

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
        return among.Text is null || AnswerAgreement.Holds(alone.Text, among.Text)
            ? among
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
    public const string Disagrees = "with other entries in its prompt the teacher says something else";
}
