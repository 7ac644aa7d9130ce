using System.CommandLine;
using Distiller.Jobs;

namespace Distiller.Cli.Commands;

/// <summary>The settings of a night as options: all of them, or those that one stage listens to.</summary>
internal sealed class NightOptions
{
    private static readonly NightSettings Defaults = new() { BasePath = "" };
    private readonly Option<string> _base = CommonOptions.Base(required: true);
    private readonly string[] _only;
    private readonly List<(Option Option, Func<ParseResult, NightSettings, NightSettings> Apply)> _bound = [];

    /// <param name="only">Names of the options that apply; none for all.</param>
    public NightOptions(params string[] only)
    {
        _only = only;
        _bound.Add((_base, (p, s) => s with { BasePath = Path.GetFullPath(p.GetValue(_base) ?? "") }));
        Bind<int>(
            "--seed",
            "Seed of the split, the adapter's start and the order of rows.",
            Defaults.Seed,
            (s, v) => s with { Seed = v }
        );
        Bind<string>(
            "--system",
            "The one line that replaces the verbose context.",
            Defaults.SystemLine,
            (s, v) => s with { SystemLine = v }
        );
        Bind<double>(
            "--holdout",
            "Share of the tasks kept for evaluation.",
            Defaults.HoldoutShare,
            (s, v) => s with { HoldoutShare = v }
        );
        Bind<int>(
            "--min-support",
            "Fewest successful episodes behind a pattern.",
            Defaults.MinSupport,
            (s, v) => s with { MinSupport = v }
        );
        Bind<int>(
            "--max-sequence",
            "Tokens of one training row.",
            Defaults.MaxSequence,
            (s, v) => s with { MaxSequence = v }
        );
        Bind<long>(
            "--max-train-tokens",
            "Tokens the trainer may process in all.",
            Defaults.MaxTrainTokens,
            (s, v) => s with { MaxTrainTokens = v }
        );
        Bind<int>(
            "--epochs",
            "Times every row is seen, within --max-train-tokens.",
            Defaults.Epochs,
            (s, v) => s with { Epochs = v }
        );
        Bind<int>("--rank", "Rank of the adapter.", Defaults.Rank, (s, v) => s with { Rank = v });
        Bind<double>("--alpha", "The adapter's scale is alpha / rank.", Defaults.Alpha, (s, v) => s with { Alpha = v });
        Bind<double>(
            "--learning-rate",
            "Peak learning rate (warm-up, then cosine decay).",
            Defaults.LearningRate,
            (s, v) => s with { LearningRate = v }
        );
        Bind<int>(
            "--tokens-per-step",
            "Tokens behind one optimizer step.",
            Defaults.TokensPerStep,
            (s, v) => s with { TokensPerStep = v }
        );
        Bind<long>(
            "--max-holdout-tokens",
            "Tokens of held-out rows that are scored.",
            Defaults.MaxHoldoutTokens,
            (s, v) => s with { MaxHoldoutTokens = v }
        );
        Bind<int>(
            "--tool-steps",
            "Held-out tool calls that are generated and compared.",
            Defaults.ToolSteps,
            (s, v) => s with { ToolSteps = v }
        );
        Bind<int>(
            "--threads",
            "Threads; the adapter's bytes depend on it.",
            Defaults.Threads,
            (s, v) => s with { Threads = v }
        );
        Bind<string>("--device", "cpu or cuda:0.", Defaults.Device, (s, v) => s with { Device = v });
    }

    public void AddTo(Command command)
    {
        foreach (var (option, _) in _bound)
        {
            command.Options.Add(option);
        }
    }

    public NightSettings Read(ParseResult parsed) =>
        _bound.Aggregate(Defaults, (settings, bound) => bound.Apply(parsed, settings)).Checked();

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
