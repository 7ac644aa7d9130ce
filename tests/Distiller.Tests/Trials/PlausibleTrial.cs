using System.Globalization;
using Distiller.Evaluation;
using Distiller.Reporting.Trials;

namespace Distiller.Tests.Trials;

/// <summary>Made-up rows of five arms of a plausible shape: no model runs.</summary>
internal sealed class PlausibleTrial
{
    private const string Prices = """
        primary: anthropic/claude-sonnet-4.5
        prices:
          - provider: anthropic
            model: claude-sonnet-4.5
            as-of: 2025-10-15
            source: https://docs.claude.com/en/docs/about-claude/pricing
            usd-per-million-tokens: { input: 3.00, cache-read: 0.30, cache-write: 3.75, output: 15.00 }
            min-cacheable-tokens: 1024
          - provider: openai
            model: gpt-5-mini
            as-of: 2025-08-07
            source: https://platform.openai.com/docs/pricing
            usd-per-million-tokens: { input: 0.25, cache-read: 0.025, output: 2.00 }
            min-cacheable-tokens: 1024
          - provider: google
            model: gemini-2.5-flash
            as-of: 2025-06-17
            source: https://ai.google.dev/gemini-api/docs/pricing
            usd-per-million-tokens: { input: 0.30, cache-read: 0.075, output: 2.50 }
            min-cacheable-tokens: 1024
          - provider: deepseek
            model: deepseek-chat-v3.2
            as-of: 2025-09-29
            source: https://api-docs.deepseek.com/quick_start/pricing
            usd-per-million-tokens: { input: 0.28, cache-read: 0.028, output: 0.42 }
            min-cacheable-tokens: 64
        machines:
          - name: aws/c6i.large
            as-of: 2025-10-15
            source: https://aws.amazon.com/ec2/pricing/on-demand/
            usd-per-hour: 0.085
        """;

    private static readonly string[] Reasons = ["WrongCode", "MissingAction", "WrongOrder", "HarmfulAction"];
    private readonly Random _random = new(11);

    public int Tasks { get; init; } = 300;

    public IReadOnlyList<string> Arms { get; init; } = ["A0", "A1", "A2", "A3", "A4"];

    /// <summary>Share of known tasks that the verbose context solves.</summary>
    public double Before { get; init; } = 0.94;

    /// <summary>Share of known tasks that the adapter solves.</summary>
    public double After { get; init; } = 0.985;

    /// <summary>Share of known tasks that the null control solves.</summary>
    public double Control { get; init; } = 0.02;

    public TrainingEffort? Training { get; init; } = new("aws/c6i.large", 2340);

    public TrialPart Part()
    {
        using var folder = new TemporaryFolder();
        var (rows, requests) = Work();
        var prices = PriceFile.Read(WritePrices(folder.Path));
        return new TrialPart(Summary(rows, requests, prices), rows, prices);
    }

    public TrialSummary Write(string folder)
    {
        using var other = new TemporaryFolder();
        var (rows, requests) = Work();
        var path = WritePrices(other.Path);
        var summary = Summary(rows, requests, PriceFile.Read(path));
        TrialFolder.Write(folder, summary, rows, requests, [], path);
        return summary;
    }

    private static string WritePrices(string folder)
    {
        var path = Path.Combine(folder, "given.yaml");
        File.WriteAllText(path, Prices);
        return path;
    }

    private TrialSummary Summary(List<TrialRow> rows, List<RequestRow> requests, PriceTable prices) =>
        TrialSummary.Of(Measurement(rows, requests), prices, Training, "0.1.0+1f3a9c2");

    private (List<TrialRow> Rows, List<RequestRow> Requests) Work()
    {
        var rows = new List<TrialRow>();
        var requests = new List<RequestRow>();
        foreach (var arm in Arms)
        {
            for (var task = 0; task < Tasks; task++)
            {
                Add(rows, requests, arm, task);
            }
        }

        return (rows, requests);
    }

    private void Add(List<TrialRow> rows, List<RequestRow> requests, string arm, int task)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"ticket-{task:0000}");
        var stratum =
            task % 20 == 3 ? "Changed"
            : task % 30 == 7 ? "Unseen"
            : "Known";
        var solved = _random.NextDouble() < Chance(arm, stratum);
        var own = Requests(arm, id, solved ? _random.Next(3, 7) : _random.Next(1, 9)).ToList();
        requests.AddRange(own);
        var reason =
            solved ? ""
            : arm is "A0" or "A4" && _random.NextDouble() < 0.7 ? "NoToolCall"
            : Reasons[(int)(Reasons.Length * Math.Pow(_random.NextDouble(), 2))];
        rows.Add(
            new TrialRow
            {
                Arm = arm,
                TaskId = id,
                Family = string.Create(CultureInfo.InvariantCulture, $"rule {task % 60:00}: restart a stuck service"),
                Stratum = stratum,
                Solved = solved,
                Reason = reason,
                Detail = solved ? "" : "The ticket was closed with another code than the rule asks for.",
                Requests = own.Count,
                InputTokens = 0,
                CacheReadTokens = own.Sum(r => (long)r.CacheReadTokens),
                CacheWriteTokens = own.Sum(r => (long)r.CacheWriteTokens),
                OutputTokens = own.Sum(r => (long)r.OutputTokens),
            }
        );
    }

    private double Chance(string arm, string stratum) =>
        arm switch
        {
            "A0" => 0,
            "A1" => Before,
            "A4" => Control,
            _ => stratum switch
            {
                "Known" => After,
                "Changed" => 0.55,
                _ => 0.2,
            },
        };

    private IEnumerable<RequestRow> Requests(string arm, string task, int count)
    {
        var read = arm == "A1" ? 2410 : 38;
        for (var i = 0; i < count; i++)
        {
            var written = _random.Next(24, 90);
            var output = _random.Next(12, 60);
            yield return new RequestRow
            {
                Arm = arm,
                TaskId = task,
                Request = i,
                CacheReadTokens = read,
                CacheWriteTokens = written,
                OutputTokens = output,
                IsCut = false,
                Answer = "…",
            };
            read += written + output;
        }
    }

    private TrialMeasurement Measurement(IReadOnlyList<TrialRow> rows, IReadOnlyList<RequestRow> requests) =>
        new()
        {
            Rows = rows,
            Requests = requests,
            TasksTitle = "tickets of Halden Freight, seed 42, days 5 to 9",
            TaskSetSha256 = new string('a', 64),
            PromptLine = "Work the ticket.",
            Base = new MeasuredFile("opsdesk-tiny.gguf", new string('b', 64), 7_900_000),
            Arms =
            [
                .. TrialArm
                    .All(new TrialAdapters("f16", "int4", "null"))
                    .Where(a => Arms.Contains(a.Code))
                    .Select(a => new MeasuredArm(
                        a.Code,
                        a.Title,
                        a.IsVerbose,
                        a.AdapterPath is { } p
                            ? new MeasuredFile(p + ".gguf", new string(a.Code[1], 64), 412_000)
                            : null
                    )),
            ],
            Runtime = "llama.cpp v0.5.0, libggml-cpu-skylakex.so",
            Options = new TrialOptions { BootstrapDraws = 1000 },
        };
}
