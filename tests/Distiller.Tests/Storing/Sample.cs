namespace Distiller.Tests.Storing;

internal static class Sample
{
    public static Episode Episode(string key, int turns = 2, string tenant = "t", string format = "episode") =>
        EpisodeJson.Identify(
            new Episode
            {
                Id = default,
                Format = format,
                Key = key,
                Tenant = tenant,
                Agent = "agent",
                Model = "model-x",
                StartedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2)),
                TaskId = "task/" + key,
                Turns =
                [
                    .. Enumerable
                        .Range(0, turns)
                        .Select(i => new Turn(i % 2 == 0 ? TurnRole.User : TurnRole.Assistant, $"turn {i} of {key} é")
                        {
                            ToolCalls = i % 2 == 0 ? [] : [new ToolCall($"c{i}", "look", """{"at":"here"}""")],
                        }),
                ],
                Outcome = new Outcome(OutcomeKind.Succeeded, "test", 0.5),
                Requests = [new ModelRequest("r1", new Usage(1, 2, 3, 4), null)],
                UnattributedUsage = new Usage(10, 0, 0, 1),
                Events = new Dictionary<string, int>(StringComparer.Ordinal) { ["z"] = 1, ["a"] = 2 },
            }
        );

    /// <summary>A file system of a few MiB that can be filled; the test is skipped where none can be made.</summary>
    public static SmallDisk Disk(TemporaryFolder folder, int mebibytes) => new(folder["disk"], mebibytes);
}
