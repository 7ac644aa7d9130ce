namespace Distiller.Tests.CommandLine;

/// <summary>A small night at the sample company: every stage for real, on a base that knows nothing.</summary>
internal static class DeskNight
{
    public const int Tickets = 6;

    /// <summary>Random weights; every byte is a token, and the context holds the handbook's thousands.</summary>
    public static TinyBase Base { get; } = new() { Context = 16_384 };

    public static string[] Arguments(string home, string basePath, int company = 42) =>
        [
            "opsdesk",
            "night",
            "--base",
            basePath,
            "--home",
            home,
            "--json",
            "--company",
            $"{company}",
            "--days",
            "3",
            "--tickets-per-day",
            "20",
            "--test-tickets",
            $"{Tickets}",
            "--max-output",
            "8",
            "--max-train-tokens",
            "12000",
            "--tokens-per-step",
            "512",
            "--epochs",
            "1",
            "--rank",
            "8",
            "--alpha",
            "16",
            "--max-holdout-tokens",
            "600",
            "--tool-steps",
            "1",
            "--threads",
            "2",
        ];
}
