using System.CommandLine;
using Distiller.Jobs;
using Distiller.Mining.Splitting;
using Distiller.Training.Distilling;

namespace Distiller.Cli.Commands;

/// <summary>The settings of a night as options: all of them, or those that one stage listens to.</summary>
internal sealed class NightOptions
{
    private readonly NightSettings _defaults;
    private readonly Option<string> _base;
    private readonly string[] _only;
    private readonly List<(Option Option, Func<ParseResult, NightSettings, NightSettings> Apply)> _bound = [];

    /// <param name="defaults">Where they name no base, the command line must.</param>
    /// <param name="only">Names of the options that apply; none for all.</param>
    public NightOptions(NightSettings defaults, params string[] only)
    {
        _defaults = defaults;
        _only = only;
        _base = CommonOptions.Base(required: defaults.BasePath.Length == 0);
        _bound.Add((_base, (p, s) => p.GetValue(_base) is { } path ? s with { BasePath = Path.GetFullPath(path) } : s));
        Bind<int>(
            "--seed",
            "Seed of the split, the adapter's start and the order of rows.",
            defaults.Seed,
            (s, v) => s with { Seed = v }
        );
        Bind<string>(
            "--system",
            "The one line that replaces the verbose context.",
            defaults.SystemLine,
            (s, v) => s with { SystemLine = v }
        );
        Bind<int>(
            "--newest-days",
            "Learn only from the newest days of the logs; 0 for all.",
            defaults.NewestDays,
            (s, v) => s with { NewestDays = v }
        );
        Bind<double>(
            "--holdout",
            "Share of the tasks kept for evaluation.",
            defaults.HoldoutShare,
            (s, v) => s with { HoldoutShare = v }
        );
        Bind<SplitMethod>(
            "--split",
            "How they are chosen: hash (at random, by the seed) or time (the newest).",
            defaults.Split,
            (s, v) => s with { Split = v }
        );
        Bind<double>(
            "--similarity",
            "Similarity from which two tasks count as the same; 1 for logs written from few templates.",
            defaults.SimilarityMin,
            (s, v) => s with { SimilarityMin = v }
        );
        Bind<int>(
            "--min-support",
            "Fewest successful episodes behind a pattern.",
            defaults.MinSupport,
            (s, v) => s with { MinSupport = v }
        );
        Bind<int>(
            "--max-sequence",
            "Tokens of one training row.",
            defaults.MaxSequence,
            (s, v) => s with { MaxSequence = v }
        );
        Bind<long>(
            "--max-train-tokens",
            "Tokens the trainer may process in all.",
            defaults.MaxTrainTokens,
            (s, v) => s with { MaxTrainTokens = v }
        );
        Bind<int>(
            "--epochs",
            "Times every row is seen, within --max-train-tokens.",
            defaults.Epochs,
            (s, v) => s with { Epochs = v }
        );
        Bind<int>("--rank", "Rank of the adapter.", defaults.Rank, (s, v) => s with { Rank = v });
        Bind<double>("--alpha", "The adapter's scale is alpha / rank.", defaults.Alpha, (s, v) => s with { Alpha = v });
        Bind<double>(
            "--learning-rate",
            "Peak learning rate (warm-up, then cosine decay).",
            defaults.LearningRate,
            (s, v) => s with { LearningRate = v }
        );
        Bind<int>(
            "--tokens-per-step",
            "Tokens behind one optimizer step.",
            defaults.TokensPerStep,
            (s, v) => s with { TokensPerStep = v }
        );
        Bind<long>(
            "--max-holdout-tokens",
            "Tokens of held-out rows that are scored.",
            defaults.MaxHoldoutTokens,
            (s, v) => s with { MaxHoldoutTokens = v }
        );
        Bind<int>(
            "--tool-steps",
            "Held-out tool calls that are generated and compared.",
            defaults.ToolSteps,
            (s, v) => s with { ToolSteps = v }
        );
        Bind<int>(
            "--min-holdout-tasks",
            "Fewest held-out tasks from which a lower loss is published, where no trial decides.",
            defaults.MinHoldoutTasks,
            (s, v) => s with { MinHoldoutTasks = v }
        );
        Bind<int>(
            "--threads",
            "Threads; the adapter's bytes depend on it.",
            defaults.Threads,
            (s, v) => s with { Threads = v }
        );
        Bind<string>("--device", "cpu or cuda:0.", defaults.Device, (s, v) => s with { Device = v });
        Bind<Precision>(
            "--precision",
            "Number format of the base in training: auto (see doctor), fp32 or bf16; the adapter's bytes depend on it.",
            defaults.Precision,
            (s, v) => s with { Precision = v }
        );
    }

    public void AddTo(Command command)
    {
        foreach (var (option, _) in _bound)
        {
            command.Options.Add(option);
        }
    }

    public NightSettings Read(ParseResult parsed) =>
        _bound.Aggregate(_defaults, (settings, bound) => bound.Apply(parsed, settings)).Checked();

    private void Bind<T>(string name, string description, T value, Func<NightSettings, T, NightSettings> apply)
    {
        if (_only.Length > 0 && !_only.Contains(name, StringComparer.Ordinal))
        {
            return;
        }

        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => value };
        _bound.Add((option, (parsed, settings) => apply(settings, parsed.GetValue(option)!)));
    }
}
