using Distiller.Core;
using Distiller.Edge.Serving;
using Distiller.Retrieval;

namespace Distiller.EdgeServer.Drift;

/// <summary>
/// The document as it stands now, read again whenever the file changes, and held against what an adapter learnt of it. Safe from
/// several threads.
/// </summary>
internal sealed class CurrentDocument
{
    private const long BytesMax = 4L << 20;

    private readonly string _path;
    private readonly Action<string> _tell;
    private readonly Lock _lock = new();
    private readonly Dictionary<LearntContext, DriftedDocument> _drifted = [];
    private ContextDocument _document;
    private (DateTime, long) _seen;

    /// <param name="tell">Is told what an operator should know.</param>
    /// <exception cref="BadInputException">There is no such file, or it has no entries.</exception>
    public CurrentDocument(string path, Action<string> tell)
    {
        (_path, _tell) = (Path.GetFullPath(path), tell);
        _document = Read();
        _seen = Stamp();
    }

    /// <summary>What has changed since an adapter learnt.</summary>
    public DriftedDocument Against(ServedContext context)
    {
        lock (_lock)
        {
            if (Stamp() is var seen && seen != _seen)
            {
                _seen = seen;
                _drifted.Clear();
                try
                {
                    _document = Read();
                }
                catch (BadInputException e)
                {
                    _tell($"the document cannot be read, the one before stays: {e.Message}");
                }
            }

            if (!_drifted.TryGetValue(context.Learnt, out var drifted))
            {
                drifted = new DriftedDocument(_document, context);
                _drifted[context.Learnt] = drifted;
                _tell(
                    $"{drifted.Changed} of {_document.Entries.Count} entries of the document changed since the adapter learnt; they are served from the prompt"
                );
            }

            return drifted;
        }
    }

    private (DateTime, long) Stamp() =>
        new FileInfo(_path) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;

    private ContextDocument Read()
    {
        const string remedy = "Give the document that agents carry in their prompts, as it stands now, as UTF-8 text.";
        var file = new FileInfo(_path);
        if (!file.Exists)
        {
            throw new BadInputException(new SourceLocation(_path, 0), "The file is missing.", remedy);
        }

        if (file.Length > BytesMax)
        {
            throw new BadInputException(
                new SourceLocation(_path, 0),
                $"{file.Length} bytes; at most {BytesMax} are read.",
                remedy
            );
        }

        var document = ContextDocument.Read(File.ReadAllText(_path));
        return document.Entries.Count > 0
            ? document
            : throw new BadInputException(
                new SourceLocation(_path, 0),
                "It has no entries: no list, and no paragraph below a heading.",
                remedy
            );
    }
}

/// <summary>The document as it stands, beside what an adapter knows of it.</summary>
internal sealed class DriftedDocument
{
    private readonly ContextDocument _document;
    private readonly ChangedEntryRouter _router;

    public DriftedDocument(ContextDocument document, ServedContext context)
    {
        (_document, PromptLine) = (document, context.PromptLine);
        var entries = document.Against(
            context.Learnt.Entries.ToDictionary(e => e.Id, e => e.Text, StringComparer.Ordinal)
        );
        Changed = entries.Count(e => e.IsChanged);
        _router = new ChangedEntryRouter(
            entries,
            new EntryRequests(context.Learnt.Entries.ToDictionary(e => e.Id, e => e.Asked, StringComparer.Ordinal))
        );
    }

    /// <inheritdoc cref="ServedContext.PromptLine"/>
    public string PromptLine { get; }

    /// <summary>Entries that the adapter knows otherwise, or not at all.</summary>
    public int Changed { get; }

    /// <summary>The document with the entries that a request needs; null: no changed entry touches it, and the adapter knows.</summary>
    public string? For(string request) =>
        Changed > 0 && _router.Touches(request)
            ? _document.With(_router.Choose(request, ChangedEntryRouter.Shown))
            : null;
}
