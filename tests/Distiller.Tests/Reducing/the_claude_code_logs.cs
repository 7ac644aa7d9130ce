using System.Text.Json;
using Distiller.Mining.Reducing;
using Distiller.Tests.Mining;

namespace Distiller.Tests.Reducing;

/// <summary>Every tool output of real coding sessions.</summary>
[TestFixture]
internal sealed class the_claude_code_logs
{
    [Test]
    public void lose_most_of_their_tokens_once_and_nothing_more_the_second_time()
    {
        var reducer = new OutputReducer(Logged.CountTokens);
        var reductions = new List<Reduction>();
        foreach (var (text, tool, command) in Outputs())
        {
            var (once, reduction) = reducer.Reduce(text, tool, command);

            reduction.TokensAfter.ShouldBeLessThanOrEqualTo(reduction.TokensBefore);
            reducer.Reduce(once, tool, command).Text.ShouldBe(once);
            reductions.Add(reduction);
        }

        var table = ReductionSummary.Of(reductions);
        foreach (var row in table)
        {
            TestContext.Out.WriteLine(
                $"{row.Reducer, -10} {row.Outputs, 5} {row.TokensBefore, 8} -> {row.TokensAfter, 7} {row.Saved:P1}"
            );
        }

        reductions.Count.ShouldBeGreaterThan(500);
        table
            .Select(t => t.Reducer)
            .ShouldBe(
                ["file", "tests", "git", "listing", "json", "head-tail", "terminal", "unchanged"],
                ignoreOrder: true
            );
        var saved = 1 - ((double)table.Sum(t => t.TokensAfter) / table.Sum(t => t.TokensBefore));
        saved.ShouldBeGreaterThan(0.5);
    }

    private static IEnumerable<(string Text, string Tool, string Command)> Outputs()
    {
        var files = Directory.EnumerateFiles(
            SharedFiles.Path("logs/claude-code"),
            "*.jsonl",
            SearchOption.AllDirectories
        );
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var calls = new Dictionary<string, (string Tool, string Command)>(StringComparer.Ordinal);
            foreach (var part in File.ReadLines(file).SelectMany(Parts))
            {
                var type = part.GetProperty("type").GetString();
                if (type == "tool_use")
                {
                    calls[part.GetProperty("id").GetString()!] = (
                        part.GetProperty("name").GetString()!,
                        Text(part.GetProperty("input"), "command")
                    );
                }
                else if (type == "tool_result" && part.TryGetProperty("content", out var content))
                {
                    var (tool, command) = calls.GetValueOrDefault(
                        part.GetProperty("tool_use_id").GetString()!,
                        ("", "")
                    );
                    var text =
                        content.ValueKind == JsonValueKind.String
                            ? content.GetString()!
                            : string.Join('\n', content.EnumerateArray().Select(c => Text(c, "text")));
                    yield return (text, tool, command);
                }
            }
        }
    }

    private static List<JsonElement> Parts(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("message", out var message)
                && message.ValueKind == JsonValueKind.Object
                && message.TryGetProperty("content", out var content)
                && content.ValueKind == JsonValueKind.Array
                ? [.. content.EnumerateArray().Where(c => c.ValueKind == JsonValueKind.Object).Select(c => c.Clone())]
                : [];
        }
        catch (JsonException)
        {
            return []; // One line of the set is not valid JSON.
        }
    }

    private static string Text(JsonElement record, string name) =>
        record.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
