using Distiller.Mining;
using Distiller.Mining.Deduplicating;
using Distiller.Tests.Examples;

namespace Distiller.Tests.Mining;

/// <summary>Real episodes: 50 tasks, each tried four times.</summary>
[TestFixture]
internal sealed class the_airline_log
{
    private static readonly Lazy<MiningResult> Mined = new(() =>
        new Miner(Logged.CountTokens, new WordTokenizer().Chat).Run(AirlineLog.Episodes())
    );

    [Test]
    public void its_counts_are_those_of_the_file()
    {
        AirlineLog.Episodes().Count.ShouldBe(200);
        var report = Mined.Value.Report;

        (report.Episodes, report.Succeeded, report.Failed, report.Unknown).ShouldBe((200, 84, 116, 0));
        report.Tasks.ShouldBe(50);
        (report.TrainExamples.Episodes + report.HoldoutExamples.Episodes).ShouldBe(84);
    }

    /// <summary>Tasks that the benchmark's authors wrote as variants of one another: same traveller, same reservations.</summary>
    [TestCase("airline-06", "airline-07")]
    [TestCase("airline-28", "airline-29")]
    [TestCase("airline-45", "airline-46")]
    public void variants_of_a_task_are_one_group(string first, string second)
    {
        var groups = Deduplicator.Run(Digested.Of(AirlineLog.Episodes())).GroupOf;

        groups[second].ShouldBe(groups[first]);
        Mined.Value.Split.Tasks[second].ShouldBe(Mined.Value.Split.Tasks[first]);
    }

    [Test]
    public void its_procedures_are_found_and_their_figures_hold()
    {
        var episodes = AirlineLog.Episodes().ToDictionary(e => e.Id);
        var result = Mined.Value;

        result.Patterns.Count.ShouldBeGreaterThan(8);
        result.Patterns.ShouldContain(p =>
            string.Join(' ', p.Steps)
            == "get_user_details(user_id={user_id}) get_reservation_details(reservation_id={reservation_id})"
        );
        foreach (var pattern in result.Patterns)
        {
            var behind = pattern.Episodes.Select(id => episodes[id]).ToList();
            behind.ShouldAllBe(e =>
                e.Outcome.Kind == OutcomeKind.Succeeded && result.Split.Of(e.TaskId) == Split.Train
            );
            behind.Count.ShouldBe(pattern.Support);
            behind.Select(e => result.Deduplication.GroupOf[e.TaskId]).Distinct().Count().ShouldBe(pattern.Tasks);
            pattern.Tasks.ShouldBeGreaterThanOrEqualTo(2);
            foreach (var step in pattern.Steps)
            {
                behind.ShouldAllBe(e => e.Turns.Any(t => t.ToolCalls.Any(c => c.Name == step.Tool)));
            }

            var lift = pattern.SuccessWith - pattern.SuccessWithout;
            lift.ShouldBeInRange(pattern.Lift.Low, pattern.Lift.High);
            pattern.Intent.ShouldNotBeNullOrWhiteSpace();
            pattern.ExpiresAt.ShouldBeNull("the file tells no times");
        }
    }

    [Test]
    public void nobody_is_named_in_an_intent() =>
        Mined
            .Value.Patterns.SelectMany(p => p.Intent.Split(", "))
            .ShouldAllBe(w => w.All(c => char.IsLower(c) || c == '-' || c == '\''));

    [Test]
    public void the_policy_is_in_no_example()
    {
        var tokenizer = new WordTokenizer();
        var result = new Miner(Logged.CountTokens, tokenizer.Chat).Run(AirlineLog.Episodes());

        result.Train.Examples.Count.ShouldBeGreaterThanOrEqualTo(result.Report.TrainExamples.Episodes);
        foreach (var example in result.Train.Examples)
        {
            var text = tokenizer.Text(example.Tokens);
            text.ShouldStartWith("<system> You are a careful agent. Use the tools. <end>");
            text.ShouldNotContain("Airline Agent Policy");
        }
    }
}
