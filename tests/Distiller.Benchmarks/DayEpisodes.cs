using System.Globalization;
using System.Text;
using System.Text.Json;
using Distiller.Core;

namespace Distiller.Benchmarks;

/// <summary>
/// Episodes as a busy desk's agents leave them: 200 a day, four attempts at a task, one of twelve procedures of three to seven
/// steps with a wrong step now and then, requests of some forty words, and observations of which some are long.
/// </summary>
internal static class DayEpisodes
{
    public const int PerDay = 200;

    private const int Procedures = 12;
    private const int AttemptsPerTask = 4;
    private static readonly DateTimeOffset Start = new(2025, 1, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly string[] Tools =
    [
        "find_customer",
        "get_order",
        "get_invoice",
        "list_shipments",
        "check_stock",
        "issue_refund",
        "send_mail",
        "update_address",
        "open_ticket",
        "close_ticket",
        "escalate",
        "search_manual",
    ];

    /// <param name="number">0 or more; the same number gives the same episode.</param>
    public static Episode Of(int number)
    {
        var random = new Random(number);
        var task = number / AttemptsPerTask;
        var procedure = task % Procedures;
        var failed = random.Next(10) < 2;
        var turns = new List<Turn>
        {
            new(TurnRole.System, "You are the desk's agent. Follow the handbook."),
            new(TurnRole.User, $"Request {task}: {Sentence(new Random(task), 40)}"),
        };
        var steps = Steps(procedure, random, failed);
        for (var s = 0; s < steps.Count; s++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"c{s}");
            turns.Add(
                new Turn(TurnRole.Assistant, s == 0 ? "I look it up." : "")
                {
                    ToolCalls =
                    [
                        new ToolCall(id, steps[s], $$"""{"customer":"C{{task % 9000}}","mode":"{{procedure}}"}"""),
                    ],
                }
            );
            turns.Add(new Turn(TurnRole.Tool, Observation(random)) { ToolCallId = id });
        }

        turns.Add(new Turn(TurnRole.Assistant, $"Done: {Sentence(random, 15)}"));
        return new Episode
        {
            Id = default,
            Format = "episode",
            Key = string.Create(CultureInfo.InvariantCulture, $"attempt-{number:d7}"),
            Tenant = "default",
            Agent = "desk",
            Model = "large",
            StartedAt = Start.AddDays(number / PerDay).AddSeconds(number % PerDay * 60),
            TaskId = string.Create(CultureInfo.InvariantCulture, $"request-{task:d6}"),
            Turns = turns,
            Outcome = new Outcome(failed ? OutcomeKind.Failed : OutcomeKind.Succeeded, "desk"),
            UnattributedUsage = new Usage(random.Next(2000), random.Next(9000), random.Next(900), random.Next(400)),
        };
    }

    /// <summary>As a log of our own format.</summary>
    public static void Write(string path, IEnumerable<int> numbers)
    {
        using var file = new StreamWriter(path);
        foreach (var number in numbers)
        {
            file.WriteLine(JsonSerializer.Serialize(Of(number), EpisodeJson.Options));
        }
    }

    private static List<string> Steps(int procedure, Random random, bool failed)
    {
        var steps = new List<string>();
        for (var s = 0; s < 3 + (procedure % 5); s++)
        {
            steps.Add(Tools[((procedure * 5) + (s * 3)) % Tools.Length]);
            if (random.Next(8) == 0 || (failed && s == 1))
            {
                steps.Add(Tools[random.Next(Tools.Length)]);
            }
        }

        return steps;
    }

    private static string Observation(Random random)
    {
        var text = new StringBuilder();
        var lines = random.Next(12) == 0 ? 80 : 4;
        for (var l = 0; l < lines; l++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{random.Next(100_000)} {Sentence(random, 7)}\n");
        }

        return text.ToString();
    }

    /// <summary>Words of two to four syllables, out of some three thousand; frequent ones are more frequent.</summary>
    private static string Sentence(Random random, int words) =>
        string.Join(' ', Enumerable.Range(0, words).Select(_ => Word((int)(3000 * Math.Pow(random.NextDouble(), 2)))));

    private static string Word(int number)
    {
        const string Consonants = "bdfgklmnprst";
        const string Vowels = "aeiou";
        var word = new StringBuilder();
        var rest = number + 61;
        while (rest > 0)
        {
            word.Append(Consonants[rest % 12]).Append(Vowels[rest / 12 % 5]);
            rest /= 60;
        }

        return word.ToString();
    }
}
