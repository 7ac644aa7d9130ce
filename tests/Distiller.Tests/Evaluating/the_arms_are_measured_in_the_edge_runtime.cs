using System.Text.Json;
using Distiller.Edge;
using Distiller.Evaluation;
using Distiller.Gguf;

namespace Distiller.Tests.Evaluating;

public sealed class the_arms_are_measured_in_the_edge_runtime
{
    [Test]
    public void the_loss_of_the_adapter_is_that_of_a_base_with_the_adapter_merged_into_it()
    {
        using var desk = new TinyDesk();
        var options = desk.Options with { MaxGeneratedSteps = 0 };

        var with = Figures(desk.Evaluate(desk.Work("w"))).HoldoutLoss;
        using var merged = GgufFile.Open(desk.Merged);
        var nothing = desk.Work("nothing.gguf");
        AdapterGguf.Write(
            nothing,
            TinyAdapter.For(merged, 8, alpha: 1e-9f),
            BaseDescription.Of(merged),
            AdapterEncoding.F16
        );
        var alone = Figures(
            HoldoutEvaluator.Evaluate(desk.Merged, nothing, nothing, desk.Rows, options, desk.Work("m"))
        ).HoldoutLoss;

        with.AdapterF16.ShouldBe(alone.Base, 0.005);
        alone.AdapterF16.ShouldBe(alone.Base, 1e-4);
        Math.Abs(with.AdapterF16 - with.Base).ShouldBeGreaterThan(0.05);
        Math.Abs(with.AdapterInt4 - with.AdapterF16).ShouldBeInRange(1e-6, 0.05);
    }

    [Test]
    public void the_losses_are_those_of_the_reference_implementation()
    {
        using var folder = new TemporaryFolder();
        var reference = JsonDocument
            .Parse(File.ReadAllText(SharedFiles.Path("parity/llama-gqa-tied/lora.json")))
            .RootElement;
        var origin = SharedFiles.Path("parity/llama-gqa-tied/base.gguf");
        using (var file = GgufFile.Open(origin))
        {
            var description = BaseDescription.Of(file);
            var trained = PeftAdapter.Read(SharedFiles.Path("parity/llama-gqa-tied/lora30"), description);
            AdapterGguf.Write(folder["f16.gguf"], trained, description, AdapterEncoding.F16);
            AdapterGguf.Write(folder["int4.gguf"], trained, description, AdapterEncoding.Int4);
        }

        var rows = reference.GetProperty("rows").EnumerateArray().Select(Row).ToList();
        var measurement = HoldoutEvaluator.Evaluate(
            origin,
            folder["f16.gguf"],
            folder["int4.gguf"],
            rows,
            new HoldoutOptions(),
            folder["work"]
        );
        var loss = Figures(measurement).HoldoutLoss;

        // PEFT's first loss is that of the base, since a fresh adapter changes nothing. It computes in F32 throughout.
        loss.Base.ShouldBe(reference.GetProperty("loss")[0].GetDouble(), 0.002);
        loss.AdapterF16.ShouldBe(reference.GetProperty("final_loss").GetDouble(), 0.002);
        loss.AdapterInt4.ShouldBe(loss.AdapterF16, 0.15);
        measurement.Rows.Where(r => r.Arm == Arm.Base).Sum(r => r.Tokens).ShouldBe(20 + 32 + 13 + 40);
    }

    [Test]
    public void what_a_model_writes_follows_from_the_true_history_alone()
    {
        using var desk = new TinyDesk();
        var rows = desk.Evaluate(desk.Work("w")).Rows;
        using var model = EdgeModel.Load(desk.Base, new EdgeModelOptions { Threads = 1 });
        using var int4 = model.LoadAdapter(desk.Int4);
        using var session = model.OpenSession(new EdgeSessionOptions { ContextTokens = 512 });
        session.Attach(int4);

        var generated = rows.Where(r => r.Arm == Arm.AdapterInt4 && r.Logged.Length > 0).ToList();

        generated.Count.ShouldBe(4);
        foreach (var row in generated)
        {
            // The slow way: the prompt from nothing, then one token at a time.
            var example = desk.Rows.Single(r => r.EpisodeId.Value == row.EpisodeId);
            session.Reset();
            session.Feed(example.Tokens.AsSpan(0, Array.IndexOf(example.LossMask, true)));
            var written = new List<int>();
            while (written.Count < desk.Options.MaxNewTokens)
            {
                var logits = session.LastLogits();
                var next = Array.IndexOf(logits, logits.Max());
                if (model.Tokenizer.IsEndOfGeneration(next))
                {
                    break;
                }

                written.Add(next);
                session.Feed([next]);
            }

            row.Generated.ShouldBe(model.Tokenizer.Detokenize([.. written], special: true));
            row.Logged.ShouldContain("\"name\": \"find\"");
        }
    }

    [Test]
    public void an_evaluation_that_was_killed_goes_on_and_ends_with_the_same_bytes()
    {
        using var desk = new TinyDesk();
        var whole = Bytes(desk.Evaluate(desk.Work("whole")));

        using var stop = new CancellationTokenSource();
        var measured = 0;
        var stopping = new Reported(_ =>
        {
            if (++measured == 6)
            {
                stop.Cancel();
            }
        });
        Should.Throw<OperationCanceledException>(() => desk.Evaluate(desk.Work("killed"), stopping, stop.Token));
        var kept = Directory.GetFiles(desk.Work("killed"), "*.json", SearchOption.AllDirectories);
        kept.Length.ShouldBeInRange(4, 6);
        // What a kill in the middle of a write leaves.
        File.WriteAllText(kept[0] + ".123.writing", "[{\"episodeId\":");

        Bytes(desk.Evaluate(desk.Work("killed"))).ShouldBe(whole);
    }

    [Test]
    public void a_row_that_was_measured_is_not_measured_again()
    {
        using var desk = new TinyDesk();
        desk.Evaluate(desk.Work("w"));
        var kept = Directory.GetFiles(desk.Work("w"), "000002.json", SearchOption.AllDirectories);
        var marked = JsonSerializer.Deserialize<List<EvaluationRow>>(
            File.ReadAllBytes(kept[0]),
            EvaluationJson.Options
        )!;
        marked[0] = marked[0] with { Nats = 12345.5 };
        File.WriteAllBytes(kept[0], EvaluationJson.Write(marked));

        desk.Evaluate(desk.Work("w")).Rows.ShouldContain(r => r.Nats == 12345.5);

        File.WriteAllText(kept[0], "[{}]");
        Should.Throw<BadInputException>(() => desk.Evaluate(desk.Work("w"))).Place.File.ShouldBe(kept[0]);
        File.WriteAllText(kept[0], "[]");
        Should.Throw<BadInputException>(() => desk.Evaluate(desk.Work("w"))).Place.File.ShouldBe(kept[0]);
    }

    [Test]
    public void another_adapter_does_not_inherit_what_was_measured()
    {
        using var desk = new TinyDesk();
        desk.Evaluate(desk.Work("w"));

        var other = HoldoutEvaluator.Evaluate(desk.Base, desk.Int4, desk.Int4, desk.Rows, desk.Options, desk.Work("w"));

        var loss = Figures(other).HoldoutLoss;
        loss.AdapterF16.ShouldBe(loss.AdapterInt4);
    }

    [Test]
    public void a_row_longer_than_the_model_was_trained_for_is_refused()
    {
        using var desk = new TinyDesk();
        var row = desk.Rows[0];
        var mask = new bool[600];
        mask[599] = true;

        Should
            .Throw<BadInputException>(() =>
                HoldoutEvaluator.Evaluate(
                    desk.Base,
                    desk.F16,
                    desk.Int4,
                    [row with { Tokens = new int[600], LossMask = mask }],
                    desk.Options,
                    desk.Work("w")
                )
            )
            .Reason.ShouldContain("600 tokens");
    }

    private static EvaluationSummary Figures(HoldoutMeasurement measurement) =>
        EvaluationSummary.Of(measurement, [Token], "0.1.0");

    private static byte[] Bytes(HoldoutMeasurement measurement) =>
        [
            .. EvaluationJson.Write(measurement),
            .. EvaluationJson.Write(EvaluationSummary.Of(measurement, [Token], "0.1.0")),
        ];

    private static TokenRow Token { get; } =
        new()
        {
            EpisodeId = "e",
            Step = 0,
            PromptBefore = 10,
            PromptAfter = 5,
            Completion = 1,
        };

    private static TrainingExample Row(JsonElement row, int number)
    {
        int[] tokens = [.. row.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())];
        var from = row.GetProperty("loss_from").GetInt32();
        return new TrainingExample(
            tokens,
            [.. tokens.Select((_, i) => i >= from)],
            1,
            new EpisodeId($"row {number}"),
            0
        );
    }

    /// <summary>Reports at once, on the caller's thread: <see cref="Progress{T}"/> would do so some time later.</summary>
    private sealed class Reported(Action<StageProgress> report) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => report(value);
    }
}
