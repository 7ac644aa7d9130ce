using Distiller.Core;
using Distiller.Edge;
using Distiller.Evaluation;
using Distiller.Gguf;
using Distiller.Lake;
using Distiller.Mining.Outcomes;
using Distiller.Training.Model;

namespace Distiller.Jobs;

/// <summary>What the stages of one night share: the workspace, the settings, the base, and where to tell progress.</summary>
public sealed class Night : IDisposable
{
    private readonly Lazy<EdgeModel> _vocabulary;
    private readonly Lazy<OutcomeRules> _rules;
    private readonly IProgress<StageProgress>? _progress;
    private readonly IProgress<StageEvent>? _stages;
    private readonly List<string> _written = [];

    public Night(
        Workspace workspace,
        NightSettings settings,
        string registryFolder,
        TimeProvider time,
        IProgress<StageProgress>? progress = null,
        NightTrial? trial = null,
        IProgress<StageEvent>? stages = null
    )
    {
        Workspace = workspace;
        Trial = trial;
        Settings = settings;
        RegistryFolder = registryFolder;
        Time = time;
        _progress = progress;
        _stages = stages;
        using (var file = GgufFile.Open(settings.BasePath))
        {
            // A base that cannot be trained is refused before hours are spent on logs.
            _ = BaseConfig.Read(file);
            Base = BaseDescription.Of(file);
        }

        _rules = new Lazy<OutcomeRules>(() =>
            settings.OutcomeRules is { } path
                ? Mining.Outcomes.OutcomeRules.Load(path)
                : Mining.Outcomes.OutcomeRules.Default
        );
        _vocabulary = new Lazy<EdgeModel>(() =>
            EdgeModel.Load(settings.BasePath, new EdgeModelOptions { VocabularyOnly = true })
        );
    }

    public Workspace Workspace { get; }

    public NightSettings Settings { get; }

    /// <summary>Null: there are no tasks to carry out, and what is made is judged by its losses alone.</summary>
    public NightTrial? Trial { get; }

    public string RegistryFolder { get; }

    public TimeProvider Time { get; }

    public BaseDescription Base { get; }

    /// <summary>The base's own tokenizer and chat template, by llama.cpp.</summary>
    /// <exception cref="BadInputException">The base has no chat template.</exception>
    public ChatTokenizer Tokenizer()
    {
        var tokenizer = _vocabulary.Value.Tokenizer;
        return tokenizer.HasChatTemplate
            ? tokenizer
            : throw new BadInputException(
                new SourceLocation(Settings.BasePath, 0),
                "The base has no chat template, so conversations cannot be written for it.",
                "Use a chat (instruct) model; its GGUF holds 'tokenizer.chat_template'."
            );
    }

    /// <exception cref="BadInputException">The user's rules are not as they should be.</exception>
    public OutcomeRules OutcomeRules() => _rules.Value;

    /// <summary>Refuses, before anything is collected, a base that cannot chat or whose context cannot hold the trial.</summary>
    public void CheckBase()
    {
        _ = Tokenizer();
        if (Trial is not null)
        {
            TrialRunner.CheckContext(_vocabulary.Value, Trial.Tasks, Trial.Options);
        }
    }

    public IProgress<StageProgress>? Progress => _progress;

    /// <summary>What its stages wrote so far, in this process, or found made before.</summary>
    public IReadOnlyList<string> Written => _written;

    /// <summary>
    /// Gives the artifact of this recipe: the one made before, if it is still as it was made, or the one
    /// <paramref name="make"/> fills now.
    /// </summary>
    /// <exception cref="BadInputException">The one made before was changed.</exception>
    /// <param name="workFiles">Names, with wildcards, of checkpoints that are not part of the result.</param>
    public Artifact Make(string kind, ArtifactRecipe recipe, Action<ArtifactDraft> make, params string[] workFiles)
    {
        var known = Workspace.Artifacts.Find(kind, recipe);
        return Watch(
            ArtifactKind.StageOf(kind) ?? recipe.Stage,
            recipe.Inputs,
            () => known?.Verify() ?? MakeNow(),
            artifact => [$"{artifact.Kind}/{artifact.Key}"],
            madeBefore: known is not null
        );

        Artifact MakeNow()
        {
            var draft = Workspace.Artifacts.Begin(kind, recipe);
            make(draft);
            return draft.Commit(workFiles);
        }
    }

    /// <summary>Does a stage's work and tells the observer of its beginning and, where it gets there, its end.</summary>
    /// <param name="outputs">What the observer is told that the stage wrote.</param>
    public T Watch<T>(
        string stage,
        IReadOnlyList<string> inputs,
        Func<T> work,
        Func<T, IReadOnlyList<string>> outputs,
        bool madeBefore = false
    )
    {
        _stages?.Report(StageEvent.Began(stage, inputs));
        if (madeBefore)
        {
            Tell(stage, 1, 1, "made before with the same inputs");
        }

        var result = work();
        var written = outputs(result);
        _written.AddRange(written);
        _stages?.Report(StageEvent.Ended(stage, inputs, written, madeBefore));
        return result;
    }

    /// <summary>What an earlier step handed over.</summary>
    /// <exception cref="BadInputException">It is gone or was changed.</exception>
    public Artifact Handed(string kind, string key) =>
        Workspace.Artifacts.Find(kind, key)?.Verify()
        ?? throw new BadInputException(
            new SourceLocation(Workspace.Home, 0),
            $"{kind}/{key}, which an earlier step of this night made, is gone from the workspace.",
            "Ask for a new night: what is still there is not made again."
        );

    /// <summary>The newest artifact of a kind that was made for this base.</summary>
    /// <exception cref="BadInputException">There is none, or it was changed.</exception>
    public Artifact Latest(string kind, string command) =>
        Workspace
            .Artifacts.List(kind)
            .LastOrDefault(a =>
                a.Manifest.Settings.TryGetProperty("base", out var sha) && sha.GetString() == Base.Sha256
            )
            ?.Verify()
        ?? throw new BadInputException(
            new SourceLocation(Workspace.Home, 0),
            $"The workspace has no {kind} artifact for the base {Base.Name}.",
            $"Run 'distiller {command} --base {Settings.BasePath}' first."
        );

    public void Tell(string stage, double done, double total, string note) =>
        _progress?.Report(new StageProgress(stage, done, total, note));

    public void Dispose()
    {
        if (_vocabulary.IsValueCreated)
        {
            _vocabulary.Value.Dispose();
        }
    }
}
