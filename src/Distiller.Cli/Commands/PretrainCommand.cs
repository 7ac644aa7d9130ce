using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using Distiller.Cli.Terminal;
using Distiller.Core.Settings;
using Distiller.Gguf;
using Distiller.Jobs;
using Distiller.Opsdesk.Pretraining;
using Distiller.Pretraining;
using Distiller.Pretraining.Tokenizing;
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
    private readonly SettingOptions<TinyArchitecture> _architecture = new(Tiny);
    private readonly SettingOptions<PretrainingOptions> _pretraining = new(Usual);
    private readonly SettingOptions<NightSettings> _machine = new(
        new NightSettings { BasePath = "", Threads = Environment.ProcessorCount },
        "threads",
        "device"
    );
    private readonly SettingOptions<Pause> _pause = new(new Pause());
    private readonly Option<bool> _json = CommonOptions.Json();

    public static Command Create()
    {
        var options = new PretrainCommand();
        var command = new Command("pretrain", "Trains a small base model from nothing on random companies' handbooks.")
        {
            options._out,
            options._json,
        };
        options._architecture.AddTo(command);
        options._pretraining.AddTo(command);
        options._machine.AddTo(command);
        options._pause.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.FromResult(options.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var folder = Path.GetFullPath(parsed.GetRequiredValue(_out));
        var options = _pretraining.Read(parsed);
        var shape = _architecture.Read(parsed);
        var machine = _machine.Read(parsed);
        var desk = new Curriculum();
        var vocabulary = Vocabulary(Path.Combine(folder, TokenizerFile), desk, shape.Vocabulary);
        var curriculum = new DeskCurriculum(desk, vocabulary);
        var architecture = StructuredStart.Shape(vocabulary.Tokens.Count, shape.Layers, shape.FeedForward, Context);
        var words = new KeyWords(EntryWords.Subjects, EntryWords.Conditions, EntryWords.Clues);
        var start = new StructuredStart(architecture, vocabulary.Tokens, words, options.Seed);
        TorchInfo.Threads = machine.Threads;
        var trainer = new Pretrainer(
            architecture,
            curriculum,
            options,
            Device.Parse(machine.Device),
            TimeProvider.System
        );
        var limit = _pause.Read(parsed).MaxMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : (TimeSpan?)null;
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
            $"structured, seed {options.Seed}",
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

    private sealed record Pause
    {
        [Setting("max-minutes", "Pause after so many minutes; the same command goes on from there")]
        [Range(0.0, 1e6, MinimumIsExclusive = true)]
        public double? MaxMinutes { get; init; }
    }
}

/// <summary>The document of <c>pretrain --json</c>.</summary>
/// <param name="IsFinished">False where the time was up; the same command goes on.</param>
/// <param name="Base">The model as it is now.</param>
internal sealed record PretrainedResult(
    bool IsFinished,
    int Steps,
    int Budget,
    long Tokens,
    double? Loss,
    string TopRung,
    IReadOnlyList<RungResult> Rungs,
    long Parameters,
    long Bytes,
    string Base
);
