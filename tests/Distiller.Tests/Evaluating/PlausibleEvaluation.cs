using Distiller.Evaluation;
using Distiller.Reporting;

namespace Distiller.Tests.Evaluating;

/// <summary>Made-up rows of a plausible shape, for the figures and the page: no model runs.</summary>
internal sealed class PlausibleEvaluation
{
    private readonly Random _random = new(7);

    public int Episodes { get; init; } = 38;

    /// <summary>Loss of the adapter over the loss of the base.</summary>
    public double LossFactor { get; init; } = 0.69;

    public int OfferedRows { get; init; } = 140;

    public ReportInput Input()
    {
        var rows = new List<EvaluationRow>();
        var tokens = new List<TokenRow>();
        for (var e = 0; e < Episodes; e++)
        {
            var id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(e)));
            AddEpisode(rows, tokens, id);
        }

        var summary = EvaluationSummary.Of(Measurement(rows), tokens, "0.1.0");
        return new ReportInput
        {
            Title = "Airline desk",
            Summary = summary,
            Rows = rows,
            Tokens = tokens,
            Training = [.. Training()],
            TensorErrors = [.. TensorErrors()],
            Patterns = Patterns(),
            Lineage = Lineage(),
            Created = new DateTimeOffset(2026, 3, 2, 4, 12, 0, TimeSpan.Zero),
        };
    }

    public HoldoutMeasurement Measurement(IReadOnlyList<EvaluationRow> rows) =>
        new()
        {
            Rows = rows,
            Base = new MeasuredFile("smollm2-135m-instruct.Q4_1.gguf", new string('7', 64), 98_112_000),
            AdapterF16 = new MeasuredFile("adapter-f16.gguf", new string('c', 64), 19_500_000),
            AdapterInt4 = new MeasuredFile("adapter-int4.gguf", new string('4', 64), 5_560_000),
            ExampleSetSha256 = new string('e', 64),
            Runtime = "llama.cpp v0.5.0, libggml-cpu-skylakex.so",
            Options = new HoldoutOptions { BootstrapDraws = 2000 },
            OfferedRows = OfferedRows,
            OfferedEpisodes = Episodes + 12,
            CallSteps = 412,
        };

    private void AddEpisode(List<EvaluationRow> rows, List<TokenRow> tokens, string id)
    {
        var hard = 0.75 + _random.NextDouble();
        var steps = _random.Next(4, 15);
        var history = 0;
        for (var s = 0; s < steps; s++)
        {
            var length = _random.Next(18, 160);
            var nats = 2.1 * hard * length * (0.8 + (0.4 * _random.NextDouble()));
            var adapter = nats * Math.Min(1.25, LossFactor + (0.16 * Gaussian()));
            double[] arms = [nats, adapter, adapter * (1.004 + (0.006 * Gaussian()))];
            foreach (var (arm, n) in Arm.All.Zip(arms))
            {
                rows.Add(Row(id, s, arm, length, n));
            }

            history += _random.Next(40, 420);
            tokens.Add(
                new TokenRow
                {
                    EpisodeId = id,
                    Step = s,
                    PromptBefore = 2140 + history,
                    PromptAfter = 24 + history,
                    Completion = length,
                }
            );
            history += length;
        }
    }

    private EvaluationRow Row(string id, int step, string arm, int tokens, double nats)
    {
        const string logged =
            "<tool_call>\n{\"name\": \"get_reservation_details\", \"arguments\": {\"reservation_id\": \"Q69X3R\"}}\n</tool_call>";
        var luck = _random.NextDouble() - (arm == Arm.Base ? 0 : 0.45);
        var generated =
            luck < 0.12 ? logged
            : luck < 0.24 ? logged.Replace("Q69X3R", "AAAAAA")
            : luck < 0.5 ? "<tool_call>\n{\"name\": \"think\", \"arguments\": {\"thought\": \"hm\"}}\n</tool_call>"
            : luck < 0.8 ? "How may I help you?"
            : "<tool_call>\n{\"name\": \"get_res";
        var measured = step % 2 == 0;
        return new EvaluationRow
        {
            EpisodeId = id,
            Window = 0,
            Step = step,
            Arm = arm,
            Tokens = tokens,
            Nats = nats,
            Verdict = (measured ? CallJudge.Judge(logged, generated) : CallVerdict.NotMeasured).ToString(),
            Logged = measured ? logged : "",
            Generated = measured ? generated : "",
        };
    }

    private IEnumerable<TrainingCurvePoint> Training()
    {
        const int steps = 600;
        for (var s = 1; s <= steps; s++)
        {
            var rate = s < 30 ? 2e-4 * s / 30 : 1e-4 * (1 + Math.Cos(Math.PI * (s - 30) / (steps - 30)));
            yield return new TrainingCurvePoint(s, 1.32 + (1.35 * Math.Exp(-s / 110.0)) + (0.1 * Gaussian()), rate);
        }
    }

    private IEnumerable<TensorErrorRow> TensorErrors()
    {
        string[] kinds = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];
        for (var layer = 0; layer < 30; layer++)
        {
            foreach (var (k, kind) in kinds.Index())
            {
                yield return new TensorErrorRow(
                    $"blk.{layer}.{kind}",
                    Math.Max(0.01, 0.038 + (0.003 * k) + (0.006 * Gaussian()))
                );
            }
        }
    }

    private static IReadOnlyList<Pattern> Patterns() =>
        [
            Pattern(
                "Cancel a reservation and refund it",
                21,
                0.71,
                0.38,
                new Interval(0.14, 0.51),
                "get_user_details",
                "get_reservation_details",
                "cancel_reservation"
            ),
            Pattern(
                "Change the flights of a booking after looking for direct ones on the same day",
                17,
                0.66,
                0.41,
                new Interval(0.02, 0.45),
                "get_reservation_details",
                "search_direct_flight",
                "calculate",
                "update_reservation_flights"
            ),
            Pattern(
                "Book a one-way trip with a stored card",
                12,
                0.58,
                0.43,
                new Interval(-0.09, 0.37),
                "get_user_details",
                "search_direct_flight",
                "book_reservation"
            ),
            Pattern(
                "Add bags",
                8,
                0.5,
                0.45,
                new Interval(-0.22, 0.31),
                "get_reservation_details",
                "update_reservation_baggages"
            ),
            Pattern(
                "Hand over what the rules do not cover",
                5,
                0.32,
                0.46,
                new Interval(-0.36, 0.06),
                "think",
                "transfer_to_human_agents"
            ),
        ];

    private static Pattern Pattern(
        string intent,
        int support,
        double with,
        double without,
        Interval lift,
        params string[] tools
    ) =>
        new()
        {
            Id = $"{support:x4}{tools.Length:x4}",
            Intent = intent,
            Steps =
            [
                .. tools.Select(t => new ToolStep(
                    t,
                    [new ToolArgument("reservation_id", null), new ToolArgument("payment", "\"card\"")]
                )),
            ],
            Support = support,
            Tasks = (support + 2) / 3,
            SuccessWith = with,
            SuccessWithout = without,
            Lift = lift,
            TokensInPrompt = 60 + (support * 4),
            OutputTokensWith = 300,
            OutputTokensWithout = 420,
            Episodes = [],
        };

    private static IReadOnlyList<LineageEntry> Lineage() =>
        [
            .. new[]
            {
                ("collect", "200 episodes, 3 quarantined"),
                ("reduce", "160 training, 40 held out"),
                ("mine", "5 patterns"),
                ("examples", "612 rows, 1.1 M tokens"),
                ("distill", "rank 32, 600 steps"),
                ("quantize", "INT4, mean error 4.6 %"),
            }.Select((s, i) => new LineageEntry(s.Item1, new string((char)('a' + i), 64), s.Item2)),
        ];

    private double Gaussian() =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
