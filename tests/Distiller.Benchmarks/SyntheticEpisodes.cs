using System.Globalization;
using Distiller.Core;

namespace Distiller.Benchmarks;

/// <summary>Episodes of a few turns each, spread over two years, six agents, five models, four formats and 5,000 tasks.</summary>
internal static class SyntheticEpisodes
{
    private static readonly string[] Formats = ["episode", "tau-bench", "terminal-bench", "claude-code"];
    private static readonly string[] Words =
    [
        "refund",
        "invoice",
        "restart",
        "mail",
        "search",
        "upgrade",
        "backup",
        "quota",
    ];
    private static readonly DateTimeOffset Start = new(2024, 11, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="number">0 or more; the same number gives the same episode.</param>
    public static Episode Of(int number)
    {
        var random = new Random(number);
        var task = random.Next(5000);
        var word = Words[task % Words.Length];
        var key = string.Create(CultureInfo.InvariantCulture, $"{word}-{task:d4}/trial-{number:d7}");
        var started = Start.AddSeconds(random.Next(730 * 86_400));
        var requests = random.Next(1, 4);
        return new Episode
        {
            Id = default,
            Format = Formats[random.Next(Formats.Length)],
            Key = key,
            Tenant = "acme",
            Agent = $"agent-{random.Next(6)}",
            Model = $"model-{random.Next(5)}",
            StartedAt = started,
            TaskId = string.Create(CultureInfo.InvariantCulture, $"{word}-{task:d4}"),
            Turns =
            [
                new Turn(TurnRole.User, $"Ticket {number}: a {word} is asked for, number {random.Next(1_000_000)}."),
                new Turn(TurnRole.Assistant, "")
                {
                    ToolCalls = [new ToolCall("c1", "look", $$"""{"ticket":{{number}}}""")],
                },
                new Turn(TurnRole.Tool, $"open since {random.Next(90)} days, priority {random.Next(5)}")
                {
                    ToolCallId = "c1",
                },
                new Turn(TurnRole.Assistant, $"The {word} is done."),
            ],
            Outcome = new Outcome((OutcomeKind)random.Next(3), "synthetic"),
            Requests =
            [
                .. Enumerable
                    .Range(0, requests)
                    .Select(r => new ModelRequest(
                        $"{number}-{r}",
                        new Usage(random.Next(500), random.Next(9000), random.Next(900), random.Next(400)),
                        null
                    )),
            ],
        };
    }
}
