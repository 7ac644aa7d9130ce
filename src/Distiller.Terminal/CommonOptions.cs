using System.CommandLine;

namespace Distiller.Terminal;

/// <summary>Options that several commands share. Each call makes fresh ones, since an option belongs to one command.</summary>
internal static class CommonOptions
{
    public static Option<string> Home() =>
        new("--home")
        {
            Description = "The workspace folder. Default: $DISTILLER_HOME, else ~/.local/share/distiller.",
            HelpName = "DIR",
            DefaultValueFactory = _ => DefaultHome(),
        };

    public static Option<bool> Json() =>
        new("--json") { Description = "One JSON document on standard output, everything else on standard error." };

    public static Option<string> Registry() =>
        new("--registry")
        {
            Description = "The folder of releases. Default: $DISTILLER_REGISTRY, else adapters/ in the workspace.",
            HelpName = "DIR",
        };

    /// <param name="required">Otherwise the base that comes with the program.</param>
    public static Option<string> Base(bool required) =>
        new("--base")
        {
            Description =
                "The base model: a GGUF file (llama, qwen2 or qwen3) with a chat template."
                + (required ? "" : $" Default: data/{ShippedFile.TinyBase}, which comes with the program."),
            HelpName = "BASE.gguf",
            Required = required,
        };

    public static Option<string> By() =>
        new("--by")
        {
            Description = "Who does it; kept in the history. Default: the user of this session.",
            HelpName = "NAME",
            DefaultValueFactory = _ => Environment.UserName is { Length: > 0 } user ? user : "unknown",
        };

    public static Option<string?> ScrubRules() =>
        new("--scrub-rules")
        {
            Description = "A file with rules of your own, beside those that 'distiller scrub rules' lists.",
            HelpName = "FILE",
        };

    public static string RegistryOf(ParseResult parsed, Option<string> option, string home) =>
        parsed.GetValue(option)
        ?? (
            Environment.GetEnvironmentVariable("DISTILLER_REGISTRY") is { Length: > 0 } configured
                ? configured
                : Path.Combine(home, "adapters")
        );

    public static string DefaultHome() =>
        Environment.GetEnvironmentVariable("DISTILLER_HOME") is { Length: > 0 } configured
            ? configured
            : Path.Combine(
                Environment.GetFolderPath(
                    Environment.SpecialFolder.LocalApplicationData,
                    Environment.SpecialFolderOption.DoNotVerify
                ),
                "distiller"
            );
}
