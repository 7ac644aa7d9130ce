using System.Text.Json;
using Distiller.Lake;
using Distiller.Logs;

namespace Distiller.Tests.Collecting;

/// <summary>Writes small logs and collects them.</summary>
internal static class Logs
{
    public static CollectReport Collect(Workspace workspace, params string[] paths) =>
        Check(Collector.Collect(paths, workspace, new CollectOptions()));

    public static CollectReport Collect(Workspace workspace, CollectOptions options, params string[] paths) =>
        Check(Collector.Collect(paths, workspace, options));

    public static string Write(TemporaryFolder folder, string name, params string[] lines)
    {
        var path = folder[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        return path;
    }

    public static string User(string session, string uuid, string text) =>
        Json(
            new
            {
                type = "user",
                sessionId = session,
                uuid,
                timestamp = "2026-01-01T10:00:00.000Z",
                message = new { role = "user", content = text },
            }
        );

    public static string Assistant(string session, string uuid, string id, string text, int output, int input = 5) =>
        Json(
            new
            {
                type = "assistant",
                sessionId = session,
                uuid,
                requestId = "req-" + id,
                timestamp = "2026-01-01T10:00:01.000Z",
                message = new
                {
                    id,
                    model = "claude-x",
                    role = "assistant",
                    content = new object[] { new { type = "text", text } },
                    usage = new
                    {
                        input_tokens = input,
                        cache_creation_input_tokens = 7,
                        cache_read_input_tokens = 11,
                        output_tokens = output,
                    },
                },
            }
        );

    public static string Trial(string id, bool? resolved = true, object? input = null) =>
        Json(
            new
            {
                trial_name = "t." + id,
                task_id = "task-" + id,
                instruction = "Do the thing " + id,
                is_resolved = resolved,
                failure_mode = "unset",
                total_input_tokens = input,
                total_output_tokens = 3,
                uuid = id,
            }
        );

    public static string Tau(int task, int trial, double reward, string said = "Hello") =>
        Json(
            new
            {
                task_id = task,
                reward,
                info = new { },
                traj = new object[]
                {
                    new { role = "system", content = "# Airline Agent Policy\n\nBe kind." },
                    new { role = "user", content = said },
                    new
                    {
                        role = "assistant",
                        content = (string?)null,
                        tool_calls = new object[]
                        {
                            new
                            {
                                id = "call_1",
                                type = "function",
                                function = new { name = "look", arguments = "{\"who\":\"mia\"}" },
                            },
                        },
                    },
                    new
                    {
                        role = "tool",
                        tool_call_id = "call_1",
                        name = "look",
                        content = "Error: nobody",
                    },
                },
                trial,
            }
        );

    public static string Own(string key, string text = "Hello") =>
        Json(
            new
            {
                key,
                agent = "a",
                taskId = "task/" + key,
                turns = new object[] { new { role = "user", text } },
                outcome = new { kind = "succeeded", judge = "me" },
            }
        );

    public static string Json(object value) => JsonSerializer.Serialize(value);

    private static CollectReport Check(CollectReport report)
    {
        report.Records.ShouldBe(report.Stored + report.Duplicates + report.Quarantined + report.Noise);
        foreach (var format in report.Formats.Values)
        {
            format.Records.ShouldBe(format.Stored + format.Duplicates + format.Quarantined + format.Noise);
        }

        return report;
    }
}
