using Distiller.Core;
using Distiller.Evaluation.Yaml;
using Distiller.Mining.Splitting;
using Distiller.Training.Distilling;

namespace Distiller.Jobs.Scheduling;

/// <summary>Reads <c>settings</c> of a tenant: the options of <c>nightly</c>, by the same names.</summary>
internal static class SettingsReader
{
    public static NightSettings Read(YamlMapping tenant, string basePath)
    {
        var defaults = new NightSettings { BasePath = basePath };
        if (!tenant.Has("settings"))
        {
            return defaults;
        }

        var node = tenant.Mapping("settings", "Write settings such as 'rank: 16', each on a line of its own.");
        var settings = new NightSettings
        {
            BasePath = basePath,
            Seed = Int(node, "seed", defaults.Seed),
            SystemLine = node.Has("system")
                ? node.Text("system", "Write the one line that replaces the verbose context.")
                : defaults.SystemLine,
            NewestDays = Int(node, "newest-days", defaults.NewestDays),
            HoldoutShare = node.Has("holdout") ? node.Number("holdout") : defaults.HoldoutShare,
            Split = Split(node, defaults.Split),
            SimilarityMin = node.Has("similarity") ? node.Number("similarity") : defaults.SimilarityMin,
            MinSupport = Int(node, "min-support", defaults.MinSupport),
            MaxSequence = Int(node, "max-sequence", defaults.MaxSequence),
            MaxTrainTokens = Long(node, "max-train-tokens", defaults.MaxTrainTokens),
            Epochs = Int(node, "epochs", defaults.Epochs),
            Rank = Int(node, "rank", defaults.Rank),
            Alpha = node.Has("alpha") ? node.Number("alpha") : defaults.Alpha,
            LearningRate = node.Has("learning-rate") ? node.Number("learning-rate") : defaults.LearningRate,
            TokensPerStep = Int(node, "tokens-per-step", defaults.TokensPerStep),
            MaxHoldoutTokens = Long(node, "max-holdout-tokens", defaults.MaxHoldoutTokens),
            ToolSteps = Int(node, "tool-steps", defaults.ToolSteps),
            MinHoldoutTasks = Int(node, "min-holdout-tasks", defaults.MinHoldoutTasks),
            Threads = Int(node, "threads", defaults.Threads),
            Device = node.Has("device") ? node.Text("device", "Write cpu or cuda:0.") : defaults.Device,
            Precision = Precision(node, defaults.Precision),
        };
        node.RefuseOthers();
        try
        {
            return settings.Checked();
        }
        catch (BadInputException e)
        {
            // It names the option of the command line, which is the key here.
            throw node.Bad(e.Place.File.TrimStart('-'), e.Reason, e.Remedy);
        }
    }

    private static SplitMethod Split(YamlMapping node, SplitMethod otherwise)
    {
        const string Remedy = "Write hash or time.";
        return !node.Has("split")
            ? otherwise
            : node.Text("split", Remedy) switch
            {
                "hash" => SplitMethod.Hash,
                "time" => SplitMethod.Time,
                var other => throw node.Bad("split", $"'{other}' is no way to split.", Remedy),
            };
    }

    private static Precision Precision(YamlMapping node, Precision otherwise)
    {
        const string Remedy = "Write auto, fp32 or bf16.";
        return !node.Has("precision")
            ? otherwise
            : node.Text("precision", Remedy) switch
            {
                "auto" => Training.Distilling.Precision.Auto,
                "fp32" => Training.Distilling.Precision.Fp32,
                "bf16" => Training.Distilling.Precision.Bf16,
                var other => throw node.Bad("precision", $"'{other}' is no number format.", Remedy),
            };
    }

    private static int Int(YamlMapping node, string key, int otherwise) =>
        node.Has(key) ? (int)node.Whole(key, int.MinValue, int.MaxValue) : otherwise;

    private static long Long(YamlMapping node, string key, long otherwise) =>
        node.Has(key) ? node.Whole(key, long.MinValue, long.MaxValue) : otherwise;
}
