namespace Distiller.Tests.CommandLine;

/// <summary>A small night on a made-up base: seconds, every stage for real.</summary>
internal static class Night
{
    public static string[] Arguments(string home, string logs, string basePath) =>
        [
            "nightly",
            "--from",
            logs,
            "--base",
            basePath,
            "--home",
            home,
            "--json",
            "--max-sequence",
            "256",
            "--max-train-tokens",
            "40000",
            "--tokens-per-step",
            "512",
            "--epochs",
            "8",
            "--rank",
            "8",
            "--alpha",
            "16",
            "--learning-rate",
            "0.01",
            "--tool-steps",
            "4",
            "--min-holdout-tasks",
            "2",
            "--threads",
            "1",
        ];
}
