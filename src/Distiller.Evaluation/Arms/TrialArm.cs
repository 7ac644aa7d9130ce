namespace Distiller.Evaluation;

/// <summary>One way to work the tasks. Every arm that a trial runs is one entry of <see cref="Entries"/>.</summary>
/// <param name="Code">Short name in rows and tables: <c>A0</c> to <c>A4</c>.</param>
/// <param name="IsVerbose">Whether the verbose context stands in the prompt.</param>
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

    private static readonly Entry[] Entries =
    [
        new(Bare, "bare model", "bare"),
        new(VerboseContext, "verbose context in the prompt, cached", "context in the prompt", IsVerbose: true),
        new(Adapter16Bit, "adapter in 16 bit", "adapter, 16 bit", Adapter: a => a.F16),
        new(AdapterInt4, "adapter in INT4", "adapter, INT4", Adapter: a => a.Int4),
        new(NullControl, "null control: adapter of shuffled completions", "shuffled answers", Adapter: a => a.Control),
    ];

    /// <summary>Every arm, in the order of their codes.</summary>
    public static IReadOnlyList<TrialArm> All(TrialAdapters adapters) => [.. Entries.Select(e => e.With(adapters))];

    /// <summary>The arms that need no adapter.</summary>
    public static IReadOnlyList<TrialArm> WithoutAdapter { get; } =
    [.. Entries.Where(e => e.Adapter is null).Select(e => e.With(null))];

    /// <summary>Whether an arm of this code carries an adapter, whose training has to be repaid.</summary>
    public static bool IsTrained(string code) => Entries.Any(e => e.Code == code && e.Adapter is not null);

    /// <summary>A few words for narrow places; empty where no arm has this code.</summary>
    public static string ShortTitle(string code) => Entries.FirstOrDefault(e => e.Code == code)?.Short ?? "";

    private sealed record Entry(
        string Code,
        string Title,
        string Short,
        bool IsVerbose = false,
        Func<TrialAdapters, string>? Adapter = null
    )
    {
        public TrialArm With(TrialAdapters? adapters) =>
            new(Code, Title, IsVerbose, adapters is null ? null : Adapter?.Invoke(adapters));
    }
}

/// <summary>The GGUF adapters of a night, by path.</summary>
/// <param name="Control">The null control, in INT4.</param>
public sealed record TrialAdapters(string F16, string Int4, string Control);
