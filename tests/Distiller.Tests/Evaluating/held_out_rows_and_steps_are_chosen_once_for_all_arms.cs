using Distiller.Evaluation;

namespace Distiller.Tests.Evaluating;

public sealed class held_out_rows_and_steps_are_chosen_once_for_all_arms
{
    private const int CallToken = 7;

    [Test]
    public void each_run_of_the_mask_is_one_turn()
    {
        var row = Row("e", 0, "..xx.xxx.");

        var plan = Choose([row]);

        plan.Rows.ShouldHaveSingleItem().Turns.Select(s => (s.Start, s.Length)).ShouldBe([(2, 2), (5, 3)]);
    }

    [Test]
    public void few_tokens_still_speak_for_many_episodes()
    {
        // Ten windows of each of five episodes, ten tokens each: half of the tokens hold five windows of each.
        var rows = Many(episodes: 5, windows: 10);

        var plan = Choose(rows, new HoldoutOptions { MaxHoldoutTokens = 250 });

        plan.Rows.Count.ShouldBe(25);
        plan.Rows.CountBy(r => r.Example.EpisodeId).ShouldAllBe(e => e.Value == 5);
        plan.OfferedRows.ShouldBe(50);
        plan.OfferedEpisodes.ShouldBe(5);
        // They are a sample and not the first windows.
        plan.Rows.Max(r => r.Example.Window).ShouldBeGreaterThan(6);
    }

    [Test]
    public void at_least_one_row_is_measured_however_long_it_is() =>
        Choose(Many(2, 2), new HoldoutOptions { MaxHoldoutTokens = 1 }).Rows.Count.ShouldBe(1);

    [Test]
    public void steps_with_a_call_are_taken_in_turn_from_the_episodes()
    {
        var rows = Many(episodes: 6, windows: 4);

        var plan = Choose(rows, new HoldoutOptions { MaxGeneratedSteps = 12 });

        plan.CallSteps.ShouldBe(24);
        plan.Rows.GroupBy(r => r.Example.EpisodeId).ShouldAllBe(g => g.Sum(r => r.Turns.Count(s => s.Generate)) == 2);
        plan.Rows.SelectMany(r => r.Turns).Where(s => s.Generate).ShouldAllBe(s => s.Logged.Contains("<tool_call>"));
    }

    [Test]
    public void the_order_of_the_input_changes_nothing_and_the_seed_does()
    {
        var rows = Many(episodes: 6, windows: 4);
        var options = new HoldoutOptions { MaxHoldoutTokens = 60, MaxGeneratedSteps = 5 };
        var shuffled = rows.OrderBy(r => r.Window).ThenByDescending(r => r.EpisodeId).ToList();

        Chosen(Choose(shuffled, options)).ShouldBe(Chosen(Choose(rows, options)));
        Choose(shuffled, options).ExampleSetSha256().ShouldBe(Choose(rows, options).ExampleSetSha256());
        Chosen(Choose(rows, options with { Seed = 2 })).ShouldNotBe(Chosen(Choose(rows, options)));
    }

    [Test]
    public void the_hash_covers_tokens_and_mask()
    {
        var hash = Choose([Row("e", 0, "..xx")]).ExampleSetSha256();

        Choose([Row("e", 0, "..x.")]).ExampleSetSha256().ShouldNotBe(hash);
        Choose([Row("e", 1, "..xx")]).ExampleSetSha256().ShouldNotBe(hash);
        Choose([Row("f", 0, "..xx")]).ExampleSetSha256().ShouldNotBe(hash);
    }

    [Test]
    public void malformed_rows_are_refused_by_number()
    {
        var good = Row("e", 0, ".x");

        Refused([]).ShouldContain("no held-out row");
        Refused([good, Row("e", 1, "..")]).ShouldContain("holdout examples:2: The row has no token that carries loss");
        Refused([good, Row("e", 1, "x.")]).ShouldContain("first token");
        Refused([good, good]).ShouldContain("of an earlier row");
        Refused([good with { LossMask = [false, true, true] }]).ShouldContain("another length");
    }

    private static string Refused(IReadOnlyList<TrainingExample> rows) =>
        Should.Throw<BadInputException>(() => Choose(rows)).Message;

    private static IEnumerable<(string, int, int)> Chosen(HoldoutPlan plan) =>
        plan.Rows.SelectMany(r =>
            r.Turns.Select((s, i) => (r.Example.EpisodeId.Value, r.Example.Window, s.Generate ? i : -1))
        );

    private static HoldoutPlan Choose(IReadOnlyList<TrainingExample> rows, HoldoutOptions? options = null) =>
        HoldoutPlan.Choose(
            rows,
            options ?? new HoldoutOptions(),
            tokens =>
                tokens.Contains(CallToken) ? "<tool_call>{\"name\":\"find\",\"arguments\":{}}</tool_call>" : "Hello."
        );

    /// <summary>Two turns a row, the second with a call.</summary>
    private static List<TrainingExample> Many(int episodes, int windows) =>
        [
            .. from e in Enumerable.Range(0, episodes)
            from w in Enumerable.Range(0, windows)
            select Row($"episode {e}", w, "..xx..cx..", $"{e}{w}"),
        ];

    /// <summary>A row drawn by its mask.</summary>
    /// <param name="mask">A dot for a token without loss, x for one with, c for one with that stands for a call.</param>
    private static TrainingExample Row(string episode, int window, string mask, string salt = "") =>
        new(
            [.. mask.Select((m, i) => m == 'c' ? CallToken : 100 + i + salt.Length)],
            [.. mask.Select(m => m != '.')],
            1,
            new EpisodeId(episode),
            window
        );
}
