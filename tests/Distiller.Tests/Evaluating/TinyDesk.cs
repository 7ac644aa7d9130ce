using System.Globalization;
using Distiller.Edge;
using Distiller.Evaluation;
using Distiller.Gguf;

namespace Distiller.Tests.Evaluating;

/// <summary>A tiny base, its two adapters, and held-out conversations with tool calls.</summary>
internal sealed class TinyDesk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyDesk()
    {
        Base = new TinyBase { Context = 512 }.Write(_folder["base.gguf"]);
        using (var file = GgufFile.Open(Base))
        {
            var weights = TinyAdapter.For(file, rank: 8, alpha: 4);
            F16 = _folder["adapter-f16.gguf"];
            Int4 = _folder["adapter-int4.gguf"];
            AdapterGguf.Write(F16, weights, BaseDescription.Of(file), AdapterEncoding.F16);
            AdapterGguf.Write(Int4, weights, BaseDescription.Of(file), AdapterEncoding.Int4);
            Merged = _folder["merged.gguf"];
            TinyAdapter.WriteMerged(file, weights, Merged);
        }

        using var model = EdgeModel.Load(Base, new EdgeModelOptions { Threads = 1 });
        Rows = [.. Episodes.Select(e => Row(model.Tokenizer, e))];
    }

    public string Base { get; }

    /// <summary>The base with the adapter added into its weights: another way to the same figures.</summary>
    public string Merged { get; }

    public string F16 { get; }

    public string Int4 { get; }

    public IReadOnlyList<TrainingExample> Rows { get; }

    public HoldoutOptions Options { get; } =
        new()
        {
            MaxGeneratedSteps = 4,
            MaxNewTokens = 12,
            BootstrapDraws = 500,
        };

    public static IReadOnlyList<Episode> Episodes { get; } = [.. Enumerable.Range(0, 4).Select(Desk)];

    public string Work(string name) => _folder[name];

    public HoldoutMeasurement Evaluate(
        string workFolder,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellation = default
    ) => HoldoutEvaluator.Evaluate(Base, F16, Int4, Rows, Options, workFolder, progress, cancellation);

    public void Dispose() => _folder.Dispose();

    private static TrainingExample Row(ChatTokenizer tokenizer, Episode episode)
    {
        var chat = tokenizer.TokenizeChat(Conversation.ToMessages("Be brief.", episode.Turns));
        return new TrainingExample(chat.Tokens, chat.AssistantMask, 1, episode.Id, 0);
    }

    private static Episode Desk(int number)
    {
        var id = number.ToString(CultureInfo.InvariantCulture);
        var call = new ToolCall("c1", "find", $$"""{"id": "{{number * 37}}"}""");
        return EpisodeJson.Identify(
            new Episode
            {
                Id = default,
                Format = "episode",
                Key = id,
                Tenant = "desk",
                Agent = "a",
                TaskId = id,
                Outcome = Outcome.Unknown,
                Turns =
                [
                    new Turn(TurnRole.System, "You are at a desk. Follow the rules of the house, one after the other."),
                    new Turn(TurnRole.User, $"Where is order {number}?"),
                    new Turn(TurnRole.Assistant, "I look.") { ToolCalls = [call] },
                    new Turn(TurnRole.Tool, "in the rear hall") { ToolCallId = "c1" },
                    new Turn(TurnRole.Assistant, $"Order {number} is in the rear hall."),
                    new Turn(TurnRole.User, "Thanks."),
                    new Turn(TurnRole.Assistant, "Bye."),
                ],
            }
        );
    }
}
