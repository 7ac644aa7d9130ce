using System.Security.Cryptography;
using System.Text.Json;
using Distiller.Lake;
using Distiller.Logs;
using Distiller.Mining.Deduplicating;
using Distiller.Mining.Splitting;
using Distiller.Opsdesk;
using Distiller.Tests.Mining;

namespace Distiller.Tests.Opsdesk;

public sealed class the_expert_leaves_episodes
{
    private static readonly Company Demo = Company.Generate(new CompanyOptions { Seed = 42, Pool = NamePool.Demo });

    [Test]
    public void the_rate_of_failures_is_the_rate_of_mistakes([Values(0, 0.15, 0.5, 1)] double rate)
    {
        const int count = 3_000;
        var failed = Episodes(rate, days: 5, perDay: count / 5).Count(e => e.Outcome.Kind == OutcomeKind.Failed);

        // Five standard deviations of the binomial distribution, none where the rate leaves no room.
        var slack = 5 * Math.Sqrt(count * rate * (1 - rate));
        ((double)failed).ShouldBeInRange((count * rate) - slack, (count * rate) + slack);
    }

    [Test]
    public void every_kind_of_mistake_fails_every_rule_and_none_solves_it()
    {
        foreach (var mistake in Enum.GetValues<ExpertMistake>())
        {
            foreach (var ticket in Tickets.Draw(Demo, 0, 200, seed: 9))
            {
                var script = ExpertScript.Write(Demo, ticket.Rule, mistake, SeededRandom.For(1, ticket.Id));
                var answers = new Queue<string>(script.Answers);
                var result = new TicketRun(Demo).Work(ticket, "", _ => answers.Dequeue());
                result.IsSolved.ShouldBe(mistake == ExpertMistake.None, $"{mistake} {ticket.Rule.Entry}");
                answers.ShouldBeEmpty();
            }
        }
    }

    [Test]
    public void an_episode_has_the_handbook_the_plan_word_for_word_and_the_calls()
    {
        var episode = Episodes(0, 1, 1).Single();
        var ticket = Tickets.Draw(Demo, 0, 1, seed: 1).Single();
        var plan = ticket.Rule.Plan;

        episode.Turns[0].Text.ShouldContain(Demo.Handbook.Render());
        episode.Turns[1].Text.ShouldBe(ticket.Text);
        episode.Turns[2].Text.ShouldBe(ticket.Rule.Entry);
        episode.Turns[0].Text.Split('\n').ShouldContain(episode.Turns[2].Text);
        episode
            .Turns.SelectMany(t => t.ToolCalls)
            .Select(c => (c.Name, c.ArgumentsJson))
            .ShouldBe(plan.Select(a => (a.Tool, $"{{\"{a.Argument}\": \"{a.Value}\"}}")));
        episode.Turns.Count.ShouldBe(2 + (2 * plan.Count));
        episode.Outcome.ShouldBe(new Outcome(OutcomeKind.Succeeded, "opsdesk verifier", 1));
        TaskName
            .TryParse(episode.TaskId)
            .ShouldBe(new TaskName(Demo.Name, ticket.Rule.Family, ticket.Rule.Id, ticket.Id));
        TaskName.TryParse("airline/1").ShouldBeNull();
    }

    [Test]
    public void times_go_on_over_several_days()
    {
        var episodes = Episodes(0.15, 5, 20);

        episodes.Select(e => e.StartedAt!.Value).ShouldBeInOrder();
        episodes.Select(e => e.StartedAt!.Value.Date).Distinct().Count().ShouldBe(5);
        episodes.ShouldAllBe(e => e.Turns[0].Time == e.StartedAt);
        foreach (var episode in episodes)
        {
            episode.Turns.Select(t => t.Time!.Value).ShouldBeInOrder();
        }
    }

    [Test]
    public void usage_counts_every_request_with_the_counter_given()
    {
        // One token a character makes the sums easy to tell from outside.
        var options = new ExpertOptions { ErrorRate = 0, CountTokens = t => t.Length };
        var episodes = new Expert(Demo, options).Work(0, 2, 3).ToList();
        var system = DeskPrompt.Verbose(Demo.Handbook).Length;

        foreach (var (i, episode) in episodes.Index())
        {
            var messages = Conversation.ToMessages(null, episode.Turns);
            var answers = messages.Where(m => m.Role == "assistant").ToList();
            episode.Requests.Count.ShouldBe(answers.Count);
            episode.Usage.Output.ShouldBe(answers.Sum(a => a.Content.Length));
            episode.Usage.CacheWrite.ShouldBe(i % 3 == 0 ? system : 0);
            (episode.Usage.CacheWrite + episode.Usage.CacheRead).ShouldBe(answers.Count * (long)system);
            episode.Requests[0].Usage.Input.ShouldBe(messages[0].Content.Length);
            episode
                .Requests[^1]
                .Usage.Input.ShouldBe(messages.TakeWhile(m => m != answers[^1]).Sum(m => m.Content.Length));
        }

        TokenEstimate.Count("").ShouldBe(0);
        TokenEstimate.Count("abcde").ShouldBe(2);
        TokenEstimate.Count("éé€").ShouldBe(2);
    }

    [Test]
    public void the_lines_are_the_same_every_time_and_read_back_as_the_same_episodes()
    {
        using var folder = new TemporaryFolder();
        var episodes = Episodes(0.15, 3, 30);

        EpisodeLines.Write(folder["day/a.jsonl"], episodes).ShouldBe(90);
        EpisodeLines.Write(folder["b.jsonl"], Episodes(0.15, 3, 30)).ShouldBe(90);

        File.ReadAllBytes(folder["day/a.jsonl"]).ShouldBe(File.ReadAllBytes(folder["b.jsonl"]));
        Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Length.ShouldBe(2);
        var back = File.ReadLines(folder["b.jsonl"])
            .Select(l => JsonSerializer.Deserialize<Episode>(l, EpisodeJson.Options)!)
            .ToList();
        back.Select(e => e.Id).ShouldBe(episodes.Select(e => e.Id));
        back.Select(e => EpisodeJson.Identify(e).Id).ShouldBe(episodes.Select(e => e.Id));
        Convert
            .ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder["b.jsonl"])))
            .ShouldBe("899e8ac0592a853f45cad1cd931556562b2ff9b2aabb395ac08d61ffb7c2d0ec");
    }

    [Test]
    public void a_broken_off_writing_leaves_what_was_there()
    {
        using var folder = new TemporaryFolder();
        EpisodeLines.Write(folder["a.jsonl"], Episodes(0, 1, 2));
        var before = File.ReadAllBytes(folder["a.jsonl"]);

        Should.Throw<InvalidOperationException>(() =>
            EpisodeLines.Write(folder["a.jsonl"], Episodes(0, 1, 1).Concat(Broken()))
        );

        File.ReadAllBytes(folder["a.jsonl"]).ShouldBe(before);
        Directory.GetFiles(folder.Path).Length.ShouldBe(1);

        static IEnumerable<Episode> Broken() => throw new InvalidOperationException("The source broke off.");
    }

    [Test]
    public void collecting_takes_every_line_and_scrubs_nothing_away()
    {
        using var folder = new TemporaryFolder();
        var episodes = Episodes(0.15, 3, 40);
        EpisodeLines.Write(folder["logs/opsdesk.jsonl"], episodes);
        using var workspace = Workspace.Open(folder["home"]);

        var report = Collector.Collect([folder["logs"]], workspace, new CollectOptions { Tenant = Demo.Name });

        (report.Stored, report.Quarantined, report.Duplicates).ShouldBe((120, 0, 0));
        report.Requests.ShouldBe(episodes.Sum(e => e.Requests.Count));
        report.Usage.Output.ShouldBe(episodes.Sum(e => e.Usage.Output));
        // The identity is a hash of everything: not a word was changed on the way.
        workspace.Episodes.Read().Select(e => e.Id).Order().ShouldBe(episodes.Select(e => e.Id).Order());
    }

    [Test]
    public void the_miner_finds_separate_tasks_and_every_rule_among_those_for_training()
    {
        var episodes = Episodes(0.15, 5, 120);
        // Tickets are written from few templates: only those that are word for word alike are one task.
        var near = new DeduplicationOptions { SimilarityMin = 1 };
        var found = Deduplicator.Run(Digested.Of(episodes), near);
        var split = Splitter.Run(Digested.Of(episodes), found.GroupOf);

        found.Duplicates.ShouldBeEmpty();
        found.Groups.ShouldBeGreaterThan(400);
        var usual = Deduplicator.Run(Digested.Of(episodes), new DeduplicationOptions());
        TestContext.Out.WriteLine($"Groups of 600 tickets: {found.Groups}, at the default similarity {usual.Groups}.");
        episodes
            .Where(e => split.Of(e.TaskId) == Split.Train && e.Outcome.Kind == OutcomeKind.Succeeded)
            .Select(e => TaskName.TryParse(e.TaskId)!.RuleId)
            .Distinct()
            .Order()
            .ShouldBe(Demo.Handbook.Rules.Select(r => r.Id).Order());
    }

    private static List<Episode> Episodes(double errorRate, int days, int perDay) =>
        [.. new Expert(Demo, new ExpertOptions { ErrorRate = errorRate }).Work(0, days, perDay)];
}
