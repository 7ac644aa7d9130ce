using System.CommandLine;
using Distiller.Cli.Terminal;
using Distiller.Gguf;
using Distiller.Jobs;
using Distiller.Opsdesk.Pretraining;
using Distiller.Training.Pretraining;
using Distiller.Training.Tokenizing;
using Distiller.Training.Torch;
using Device = TorchSharp.torch.Device;

namespace Distiller.Cli.Commands;

/// <summary>
/// <c>pretrain</c>: a base from nothing, on random companies. The folder gets the tokenizer, the model, the loss curve and the
/// recipe; a checkpoint in it lets a stopped training go on.
/// </summary>
internal sealed class PretrainCommand
{
    private const string TokenizerFile = "tokenizer.gguf";
    private const string BaseFile = "tiny.gguf";
    private const string CurveFile = "curve.csv";
    private const string RecipeFile = "recipe.json";
    private const string ModelName = "Distiller tiny";
    private const int SampleRounds = 600;
    private const int Context = 4096;

    private static readonly TinyArchitecture Tiny = new() { Context = Context };
    private static readonly PretrainingOptions Usual = new();

    private readonly Option<string> _out = new("--out")
    {
        Description = "The folder of the result and of the checkpoint.",
        HelpName = "DIR",
        Required = true,
    };
    private readonly Option<int> _layers = Number("--layers", "Layers.", Tiny.Layers);
    private readonly Option<int> _feedForward = Number(
        "--feed-forward",
        "Width inside the feed-forward blocks.",
        Tiny.FeedForward
    );
    private readonly Option<int> _vocabulary = Number(
        "--vocabulary",
        "Tokens of the vocabulary, where the folder has none yet.",
        Tiny.Vocabulary
    );
    private readonly Option<int> _steps = Number("--steps", "The budget, in optimizer steps.", Usual.Steps);
    private readonly Option<int> _tokensPerStep = Number(
        "--tokens-per-step",
        "Tokens behind one optimizer step.",
        Usual.TokensPerStep
    );
    private readonly Option<double> _muonRate = Number(
        "--muon-rate",
        "Learning rate of the matrices (Muon).",
        Usual.MuonRate
    );
    private readonly Option<double> _adamRate = Number(
        "--adam-rate",
        "Learning rate of the embedding (AdamW).",
        Usual.AdamRate
    );
    private readonly Option<int> _rung = Number("--rung", "The rung of the ladder to begin at, from 0.", 0);
    private readonly Option<ulong> _seed = Number("--seed", "Of the first weights and the rows.", Usual.Seed);
    private readonly Option<int> _threads = Number(
        "--threads",
        "Threads; the weights' bytes depend on it.",
        Environment.ProcessorCount
    );
    private readonly Option<string> _device = new("--device")
    {
        Description = "cpu or cuda:0.",
        DefaultValueFactory = _ => "cpu",
    };
    private readonly Option<double?> _maxMinutes = new("--max-minutes")
    {
        Description = "Pause after so many minutes; the same command goes on from there.",
    };
    private readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var options = new PretrainCommand();
        var command = new Command("pretrain", "Trains a small base model from nothing on random companies' handbooks.")
        {
            options._out,
            options._layers,
            options._feedForward,
            options._vocabulary,
            options._steps,
            options._tokensPerStep,
            options._muonRate,
            options._adamRate,
            options._rung,
            options._seed,
            options._threads,
            options._device,
            options._maxMinutes,
            options._json,
        };
        options._maxMinutes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is { } minutes and not (> 0 and <= 1e6))
            {
                result.AddError($"--max-minutes is {minutes}; it must be above 0, at most 10^6.");
            }
        });
        options._threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var threads and (< 1 or > 1024))
            {
                result.AddError($"--threads is {threads}; it must be from 1 to 1024.");
            }
        });
        command.SetAction((parsed, cancellation) => Task.FromResult(options.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var folder = Path.GetFullPath(parsed.GetRequiredValue(_out));
        var seed = parsed.GetValue(_seed);
        var options = Usual with
        {
            Steps = parsed.GetValue(_steps),
            TokensPerStep = parsed.GetValue(_tokensPerStep),
            MuonRate = parsed.GetValue(_muonRate),
            AdamRate = parsed.GetValue(_adamRate),
            FirstRung = parsed.GetValue(_rung),
            Seed = seed,
        };
        options.Validate();
        var desk = new Curriculum();
        var vocabulary = Vocabulary(Path.Combine(folder, TokenizerFile), desk, parsed.GetValue(_vocabulary));
        var curriculum = new DeskCurriculum(desk, vocabulary);
        var architecture = StructuredStart.Shape(
            vocabulary.Tokens.Count,
            parsed.GetValue(_layers),
            parsed.GetValue(_feedForward),
            Context
        );
        var words = new KeyWords(EntryWords.Subjects, EntryWords.Conditions, EntryWords.Clues);
        var start = new StructuredStart(architecture, vocabulary.Tokens, words, seed);
        TorchInfo.Threads = parsed.GetValue(_threads);
        var trainer = new Pretrainer(
            architecture,
            curriculum,
            options,
            Device.Parse(parsed.GetValue(_device)!),
            TimeProvider.System
        );
        var limit = parsed.GetValue(_maxMinutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : (TimeSpan?)null;
        var result = ProgressBars.Run(progress =>
            trainer.Train(start, Path.Combine(folder, "checkpoint"), limit, progress, cancellation)
        );

        var path = Path.Combine(folder, BaseFile);
        TinyModelFile.Write(
            path,
            ModelName,
            architecture,
            result.Weights,
            GgmlType.F16,
            writer => GgufVocabulary.Add(writer, vocabulary, GgufVocabulary.ChatMl)
        );
        PretrainingCurve.Write(Path.Combine(folder, CurveFile), result.Curve, curriculum);
        var recipe = PretrainingRecipe.Of(
            folder,
            [TokenizerFile, BaseFile, CurveFile],
            ToolVersion.Current,
            $"structured, seed {seed}",
            architecture,
            options,
            curriculum,
            result
        );
        recipe.Write(Path.Combine(folder, RecipeFile));
        new Output(parsed.GetValue(_json)).Result(
            new PretrainedResult(
                result.IsFinished,
                result.Curve.Count,
                options.Steps,
                recipe.Tokens,
                result.Curve.Count == 0 ? null : result.Curve[^1].Loss,
                curriculum.RungName(result.TopRung),
                recipe.Rungs,
                recipe.Parameters,
                new FileInfo(path).Length,
                path
            ),
            DeskTables.Pretrained
        );
        return ExitCode.Done;
    }

    /// <summary>The folder's; where there is none, one is learnt from the curriculum's own language and kept there.</summary>
    private static BpeVocabulary Vocabulary(string path, Curriculum desk, int size)
    {
        if (!File.Exists(path))
        {
            var learnt = BpeTrainer.Train(
                desk.SampleText(SampleRounds, seed: 1),
                new BpeTrainerOptions { VocabularySize = size }
            );
            var writer = new GgufWriter()
                .Add("general.architecture", "llama")
                .Add("general.type", "model")
                .Add("general.name", ModelName)
                .Add("llama.context_length", (uint)Context);
            GgufVocabulary.Add(writer, learnt, GgufVocabulary.ChatMl).Write(path);
        }

        using var file = GgufFile.Open(path);
        return GgufVocabulary.Read(file);
    }

    private static Option<T> Number<T>(string name, string description, T value)
        where T : struct => new(name) { Description = description, DefaultValueFactory = _ => value };
}
