using Distiller.Training.Distilling;

namespace Distiller.Tests.Training;

internal sealed class Shuffled_completions_belong_to_no_prompt
{
    private const int PromptTokens = 3;

    [Test]
    public void they_are_a_permutation_and_no_row_keeps_what_reads_as_its_own()
    {
        // Three kinds: two rows of three would keep theirs if only the very same row were avoided.
        var rows = Enumerable.Range(0, 60).Select(i => Row(i, kind: i % 3, length: 2 + i % 3)).ToList();
        foreach (var seed in new ulong[] { 1, 2, 3 })
        {
            var shuffled = ShuffledCompletions.Of(rows, seed);

            shuffled.Select(Completion).Order().ShouldBe(rows.Select(Completion).Order());
            shuffled.Select(Prompt).ShouldBe(rows.Select(Prompt));
            shuffled.Zip(rows).ShouldAllBe(p => Completion(p.First) != Completion(p.Second));
            shuffled.Zip(rows).ShouldAllBe(p => p.First.EpisodeId == p.Second.EpisodeId);
        }
    }

    [Test]
    public void every_kind_goes_to_every_other_so_that_nothing_can_be_learnt_from_a_prompt()
    {
        var rows = Enumerable.Range(0, 120).Select(i => Row(i, kind: i % 4, length: 2)).ToList();
        var pairs = ShuffledCompletions.Of(rows, 1).Zip(rows, (s, r) => (Completion(r), Completion(s)));
        pairs.Distinct().Count().ShouldBe(4 * 3);
    }

    [Test]
    public void half_of_the_rows_may_read_the_same_and_no_more()
    {
        var half = Enumerable.Range(0, 10).Select(i => Row(i, kind: i < 5 ? 0 : i, length: 2)).ToList();
        ShuffledCompletions.Of(half, 1).Zip(half).ShouldAllBe(p => Completion(p.First) != Completion(p.Second));
        var more = Enumerable.Range(0, 10).Select(i => Row(i, kind: i < 6 ? 0 : i, length: 2)).ToList();
        Should.Throw<BadInputException>(() => ShuffledCompletions.Of(more, 1)).Reason.ShouldContain("6 of 10");
    }

    [Test]
    public void the_seed_decides()
    {
        var rows = Enumerable.Range(0, 20).Select(i => Row(i, kind: i, length: 2)).ToList();
        var first = ShuffledCompletions.Of(rows, 1).Select(Completion).ToList();
        ShuffledCompletions.Of(rows, 1).Select(Completion).ShouldBe(first);
        ShuffledCompletions.Of(rows, 2).Select(Completion).ShouldNotBe(first);
    }

    [Test]
    public void mask_and_weight_go_with_the_completion()
    {
        List<TrainingExample> rows =
        [
            new([1, 2, 10, 11], [false, false, true, true], 1, new EpisodeId("a"), 0),
            // What a tool answered stands between two learnt parts and is not learnt.
            new([3, 20, 21, 22], [false, true, false, true], 0.5f, new EpisodeId("b"), 1),
        ];
        var shuffled = ShuffledCompletions.Of(rows, 1);
        shuffled[0].Tokens.ShouldBe([1, 2, 20, 21]);
        shuffled[0].LossMask.ShouldBe([false, false, true, false]);
        shuffled[0].Weight.ShouldBe(0.5f);
        shuffled[1].Tokens.ShouldBe([3, 10, 11]);
        shuffled[1].LossMask.ShouldBe([false, true, true]);
        shuffled[1].Window.ShouldBe(1);
    }

    [Test]
    public void no_row_grows_longer_than_the_longest_was()
    {
        List<TrainingExample> rows =
        [
            Row(0, kind: 0, length: 9),
            Row(1, kind: 1, length: 1) with
            {
                Tokens = [.. Enumerable.Repeat(7, 11), 1000],
                LossMask = [.. new bool[11], true],
            },
        ];
        var shuffled = ShuffledCompletions.Of(rows, 1);
        shuffled.Max(r => r.Tokens.Length).ShouldBe(12);
        shuffled[1].LossTokens.ShouldBe(1);
    }

    [Test]
    public void a_row_that_teaches_nothing_stays()
    {
        var silent = new TrainingExample([5, 6], [false, false], 1, new EpisodeId("silent"), 0);
        var shuffled = ShuffledCompletions.Of([Row(0, 0, 2), silent, Row(1, 1, 2)], 1);
        shuffled[1].ShouldBe(silent);
    }

    private static TrainingExample Row(int number, int kind, int length) =>
        new(
            [number, number + 1, number + 2, .. Enumerable.Repeat(1000 + kind, length)],
            [.. new bool[PromptTokens], .. Enumerable.Repeat(true, length)],
            1,
            new EpisodeId($"row {number}"),
            0
        );

    private static string Prompt(TrainingExample row) => string.Join(' ', row.Tokens[..PromptTokens]);

    private static string Completion(TrainingExample row) => string.Join(' ', row.Tokens[PromptTokens..]);
}
