using System.Globalization;
using Distiller.Retrieval;

namespace Distiller.Evaluation;

/// <summary>One way to work the tasks. Every arm that a trial can run is one entry of <see cref="Entries"/>.</summary>
/// <param name="Code">Short name in rows and tables, for example <c>A3</c>.</param>
/// <param name="IsVerbose">Whether the verbose form of the prompt is used, and not the short line.</param>
/// <param name="AdapterPath">A GGUF adapter for the base; null: the base alone.</param>
public sealed record TrialArm(string Code, string Title, bool IsVerbose, string? AdapterPath)
{
    /// <summary>The base alone, with a short system prompt.</summary>
    public const string Bare = "A0";

    /// <summary>The verbose context in the prompt, as agents work today: the reference of the claim.</summary>
    public const string VerboseContext = "A1";

    public const string Adapter16Bit = "A2";

    /// <summary>The adapter that is published: the claim.</summary>
    public const string AdapterInt4 = "A3";

    /// <summary>
    /// An adapter trained the same way on shuffled completions: its gain cannot be knowledge of the tasks.
    /// </summary>
    public const string NullControl = "A4";

    /// <summary>The adapter, and for tasks that a changed entry touches the base with retrieval: the second claim.</summary>
    public const string Router = "A3-router";

    /// <summary>The adapter, which reads in its prompt what changed since it learnt.</summary>
    public const string AdapterWithChanged = "A3-changed-subject";

    /// <summary>The same router in front of the null control.</summary>
    public const string RouterControl = "A4-router";

    /// <summary>The rival that needs no training.</summary>
    public const string RetrievalBySubject = "R-subject";

    /// <summary>Stands for the arms that a trial runs beside the five where nothing is said.</summary>
    public const string Usual = "usual";

    /// <summary>Stands for every arm.</summary>
    public const string Every = "all";

    private static readonly int[] Sizes = [1, 3, 5];

    private static readonly Entry[] Entries =
    [
        new(Bare, "bare model", "bare"),
        new(VerboseContext, "verbose context in the prompt, cached", "context in the prompt", IsVerbose: true),
        new(Adapter16Bit, "adapter in 16 bit", "adapter, 16 bit", Adapter: a => a.F16),
        new(AdapterInt4, "adapter in INT4", "adapter, INT4", Adapter: a => a.Int4),
        new(
            "A3-changed",
            "adapter in INT4, with every changed entry in the prompt",
            "adapter and changed entries",
            Adapter: a => a.Int4,
            Selection: new EntrySelection(EntryMethod.Changed)
        ),
        new(
            AdapterWithChanged,
            "adapter in INT4, with the changed entries whose subject the task names",
            "adapter and changed entries, subject",
            Adapter: a => a.Int4,
            Selection: new EntrySelection(EntryMethod.ChangedSubject)
        ),
        new(
            "A3-subject",
            "adapter in INT4, with retrieval of the entries whose subject the task names",
            "adapter and retrieval",
            Adapter: a => a.Int4,
            Selection: new EntrySelection(EntryMethod.Subject)
        ),
        new(
            Router,
            "router: adapter in INT4; retrieval by subject, without it, for what a changed entry touches",
            "adapter, router",
            IsVerbose: true,
            Selection: new EntrySelection(EntryMethod.Subject),
            Otherwise: AdapterInt4
        ),
        new(NullControl, "null control: adapter of shuffled completions", "shuffled answers", Adapter: a => a.Control),
        new(
            RouterControl,
            "null control of the router: the same retrieval, and shuffled completions",
            "shuffled, router",
            IsVerbose: true,
            Selection: new EntrySelection(EntryMethod.Subject),
            Otherwise: NullControl
        ),
        new(
            RetrievalBySubject,
            "retrieval of the entries whose subject the task names",
            "retrieval, subject",
            IsVerbose: true,
            Selection: new EntrySelection(EntryMethod.Subject)
        ),
        .. Nearest("bm25-head", EntryMethod.Bm25Head, "by BM25 on heads"),
        .. Nearest("bm25-entry", EntryMethod.Bm25Entry, "by BM25 on whole entries"),
        .. Nearest("embedder-head", EntryMethod.EmbedderHead, "by the embedder on heads"),
        .. Nearest("embedder-entry", EntryMethod.EmbedderEntry, "by the embedder on whole entries"),
        .. Nearest("past", EntryMethod.Bm25Past, "by BM25 on heads and past requests"),
        .. Nearest("episodes", EntryMethod.Episodes, "of past successes as examples, by BM25"),
    ];

    private static readonly string[] UsualCodes = [Router, RouterControl, RetrievalBySubject, "R-bm25-head-5"];

    /// <summary>
    /// Which entries stand in the prompt in place of the whole context; null: all of them where <see cref="IsVerbose"/>, else
    /// none.
    /// </summary>
    public EntrySelection? Selection { get; init; }

    /// <summary>
    /// Code of the arm that serves the tasks that no changed entry touches; null: this arm serves all.
    /// </summary>
    public string? Otherwise { get; init; }

    /// <summary>The five arms that every trial runs, in the order of their codes.</summary>
    public static IReadOnlyList<TrialArm> All(TrialAdapters adapters) =>
        [.. Entries.Where(e => e.IsAlways).Select(e => e.With(adapters))];

    /// <summary>The five arms and those that are named, in the order of <see cref="Entries"/>.</summary>
    /// <param name="names">Codes, <see cref="Usual"/> or <see cref="Every"/>.</param>
    /// <param name="hasEntries">
    /// Whether the tasks' context consists of entries; without any, the two words stand for no arm that chooses entries.
    /// </param>
    public static IReadOnlyList<TrialArm> Named(
        IReadOnlyList<string> names,
        TrialAdapters adapters,
        bool hasEntries = true
    )
    {
        var codes = names
            .SelectMany(n =>
                n is not (Usual or Every) ? [n]
                : !hasEntries ? []
                : n == Usual ? UsualCodes
                : Codes
            )
            .ToHashSet(StringComparer.Ordinal);
        return [.. Entries.Where(e => e.IsAlways || codes.Contains(e.Code)).Select(e => e.With(adapters))];
    }

    /// <summary>Whether a name can stand for an arm or a group of arms.</summary>
    public static bool IsName(string name) => name is Usual or Every || Entries.Any(e => e.Code == name);

    /// <summary>Every code, in the order in which arms are run and shown.</summary>
    public static IReadOnlyList<string> Codes { get; } = [.. Entries.Select(e => e.Code)];

    /// <summary>The arms that every trial runs and that need no adapter.</summary>
    public static IReadOnlyList<TrialArm> WithoutAdapter { get; } =
    [.. Entries.Where(e => e.IsAlways && e.Adapter is null).Select(e => e.With(null))];

    /// <summary>Whether an arm of this code uses an adapter, whose training has to be repaid.</summary>
    public static bool IsTrained(string code) =>
        Entries.FirstOrDefault(e => e.Code == code) is { } entry
        && (entry.Adapter is not null || (entry.Otherwise is { } other && IsTrained(other)));

    /// <summary>
    /// Whether agents could be served by an arm of this code: the bare model, the 16-bit twin and the controls are there for
    /// comparison only.
    /// </summary>
    public static bool IsServable(string code) => code is not (Bare or Adapter16Bit or NullControl or RouterControl);

    /// <summary>Code of the null control by which an arm with an adapter is judged.</summary>
    public static string ControlOf(string code) => code == Router ? RouterControl : NullControl;

    /// <summary>The title; the code itself where no arm has it.</summary>
    public static string TitleOf(string code) => Entries.FirstOrDefault(e => e.Code == code)?.Title ?? code;

    /// <inheritdoc cref="Selection"/>
    public static EntrySelection? SelectionOf(string code) => Entries.FirstOrDefault(e => e.Code == code)?.Selection;

    /// <summary>A few words for narrow places; empty where no arm has this code.</summary>
    public static string ShortTitle(string code) => Entries.FirstOrDefault(e => e.Code == code)?.Short ?? "";

    private static IEnumerable<Entry> Nearest(string code, EntryMethod method, string words) =>
        Sizes.Select(k => new Entry(
            string.Create(CultureInfo.InvariantCulture, $"R-{code}-{k}"),
            string.Create(CultureInfo.InvariantCulture, $"retrieval {words}, k = {k}"),
            string.Create(CultureInfo.InvariantCulture, $"retrieval, {code}, {k}"),
            IsVerbose: true,
            Selection: new EntrySelection(method, k)
        ));

    private sealed record Entry(
        string Code,
        string Title,
        string Short,
        bool IsVerbose = false,
        Func<TrialAdapters, string>? Adapter = null,
        EntrySelection? Selection = null,
        string? Otherwise = null
    )
    {
        public bool IsAlways => Selection is null;

        public TrialArm With(TrialAdapters? adapters) =>
            new(Code, Title, IsVerbose, adapters is null ? null : Adapter?.Invoke(adapters))
            {
                Selection = Selection,
                Otherwise = Otherwise,
            };
    }
}

/// <summary>The GGUF adapters of a night, by path.</summary>
/// <param name="Control">The null control, in INT4.</param>
public sealed record TrialAdapters(string F16, string Int4, string Control);
