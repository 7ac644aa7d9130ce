namespace Distiller.Tests.Mining;

/// <summary>Small episodes to mine, in a few words.</summary>
internal static class Logged
{
    /// <summary>Tokens for tests that need no vocabulary.</summary>
    public static int CountTokens(string text) => (text.Length + 3) / 4;

    /// <summary>An episode whose user says <paramref name="user"/> and whose agent calls the tools, each answered "ok".</summary>
    public static Episode Episode(
        string task,
        string key,
        OutcomeKind outcome,
        string user,
        params (string Tool, string Arguments)[] calls
    ) => Episode(task, key, outcome, user, null, calls);

    public static Episode Episode(
        string task,
        string key,
        OutcomeKind outcome,
        string user,
        DateTimeOffset? time,
        params (string Tool, string Arguments)[] calls
    )
    {
        var turns = new List<Turn> { new(TurnRole.System, "The long policy."), new(TurnRole.User, user) };
        for (var i = 0; i < calls.Length; i++)
        {
            turns.Add(
                new Turn(TurnRole.Assistant, "")
                {
                    ToolCalls = [new ToolCall($"c{i}", calls[i].Tool, calls[i].Arguments)],
                }
            );
            turns.Add(new Turn(TurnRole.Tool, $"ok {key} {i}") { ToolCallId = $"c{i}" });
        }

        turns.Add(new Turn(TurnRole.Assistant, $"Done with {key}."));
        return Of(task, key, outcome, time, [.. turns]);
    }

    public static Episode Of(string task, string key, OutcomeKind outcome, DateTimeOffset? time, params Turn[] turns) =>
        EpisodeJson.Identify(
            new Episode
            {
                Id = default,
                Format = "episode",
                Key = key,
                Tenant = "default",
                Agent = "test",
                TaskId = task,
                StartedAt = time,
                Turns = turns,
                Outcome = outcome == OutcomeKind.Unknown ? Outcome.Unknown : new Outcome(outcome, "test"),
            }
        );

    public static (string Tool, string Arguments)[] Calls(string tools) => [.. tools.Split(' ').Select(t => (t, "{}"))];
}
