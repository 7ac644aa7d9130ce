namespace Distiller.Evaluation;

/// <summary>One way to work the tasks.</summary>
/// <param name="Code"><c>A0</c> to <c>A4</c>.</param>
/// <param name="IsVerbose">Whether the verbose context stands in the prompt.</param>
/// <param name="AdapterPath">A GGUF adapter for the base; null: the base alone.</param>
public sealed record TrialArm(string Code, string Title, bool IsVerbose, string? AdapterPath)
{
    public const string A0 = "A0";
    public const string A1 = "A1";
    public const string A2 = "A2";
    public const string A3 = "A3";
    public const string A4 = "A4";

    /// <summary>Whether an arm of this code carries an adapter, whose training has to be repaid.</summary>
    public static bool IsTrained(string code) => code is A2 or A3 or A4;

    /// <summary>What is there without anybody's help.</summary>
    public static TrialArm Bare() => new(A0, "bare model", IsVerbose: false, AdapterPath: null);

    /// <summary>Today's way, and what the claim is measured against.</summary>
    public static TrialArm VerboseContext() =>
        new(A1, "verbose context in the prompt, cached", IsVerbose: true, AdapterPath: null);

    public static TrialArm Adapter16Bit(string path) => new(A2, "adapter in 16 bit", IsVerbose: false, path);

    /// <summary>What is published.</summary>
    public static TrialArm AdapterInt4(string path) => new(A3, "adapter in INT4", IsVerbose: false, path);

    /// <summary>Trained the same way on shuffled completions: whatever it gains is not knowledge of the tasks.</summary>
    public static TrialArm NullControl(string path) =>
        new(A4, "null control: adapter of shuffled completions", IsVerbose: false, path);
}
