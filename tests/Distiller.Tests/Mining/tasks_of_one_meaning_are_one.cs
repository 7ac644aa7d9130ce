using System.Text.Json;
using Distiller.Mining.Similar;

namespace Distiller.Tests.Mining;

[TestFixture]
internal sealed class tasks_of_one_meaning_are_one
{
    private readonly TaskEmbedder _embedder = TaskEmbedder.Open(null);

    [OneTimeTearDown]
    public void Close() => _embedder.Dispose();

    private static Episode Asked(string text, int number) =>
        Logged.Episode($"t{number}", $"k{number}", OutcomeKind.Succeeded, text, Logged.Calls("look"));

    private IReadOnlyList<(string, string)> Same(params string[] texts)
    {
        var rows = texts.Select((t, i) => _embedder.Row(Asked(t, i))).ToList();
        return SameMeaning.Find(
            rows,
            ids => rows.Where(r => ids.Contains(r.Id)).ToDictionary(r => r.Id, r => r.Vector, StringComparer.Ordinal)
        );
    }

    [TestCase("Please mend the cart, it is broken.", "please mend the cart; it is broken!")]
    [TestCase("the invoice  total\nis wrong", "The invoice total is wrong")]
    public void the_same_request_written_in_another_way(string one, string two) =>
        Same(one, two).ShouldHaveSingleItem();

    [TestCase("cancel order 17 for me please", "cancel order 71 for me please")]
    [TestCase("send the parcel to Mrs Weber in the morning", "send the parcel to Mrs Huber in the morning")]
    [TestCase("rename 'total' in cart.go to something better", "rename 'total' in desk.go to something better")]
    [TestCase("the key of [user-1] does not work any more", "the key of [user-2] does not work any more")]
    [TestCase("mend the cart of the shop", "paint the cart of the shop")]
    public void another_particular_is_another_task(string one, string two) => Same(one, two).ShouldBeEmpty();

    [Test]
    public void swapped_particulars_of_real_requests_are_not_fused()
    {
        var requests = RealRequests();
        var random = new Random(7);
        var (pairs, fused) = (0, 0);
        foreach (var request in requests)
        {
            var slots = TaskSlots.Of(request);
            if (slots.Count > 0)
            {
                var slot = slots[random.Next(slots.Count)];
                var other = requests.SelectMany(TaskSlots.Of).Where(s => s != slot).ElementAt(random.Next(50));
                pairs++;
                fused += Same(request, request.Replace(slot, other, StringComparison.Ordinal)).Count;
            }
        }

        TestContext.Out.WriteLine($"{fused} of {pairs} pairs with a swapped particular were fused");
        pairs.ShouldBeGreaterThan(100);
        fused.ShouldBeLessThanOrEqualTo(pairs / 100);
    }

    /// <summary>Random directions a little apart: what hashing must not miss, against comparing every pair.</summary>
    [Test]
    public void hashing_misses_no_near_pair()
    {
        var random = new Random(3);
        var planes = new Hyperplanes(64);
        var missed = 0;
        for (var i = 0; i < 500; i++)
        {
            var a = Unit([.. Enumerable.Range(0, 64).Select(_ => (float)(random.NextDouble() - 0.5))]);
            var noise = Unit([.. Enumerable.Range(0, 64).Select(_ => (float)(random.NextDouble() - 0.5))]);
            var b = Unit([.. a.Zip(noise, (x, n) => x + (0.06f * n))]);
            missed += planes.Bands(a).Intersect(planes.Bands(b)).Any() ? 0 : 1;
        }

        missed.ShouldBe(0);

        static float[] Unit(float[] v)
        {
            var norm = MathF.Sqrt(v.Sum(x => x * x));
            return [.. v.Select(x => x / norm)];
        }
    }

    [Test]
    public void the_nearest_come_first_and_not_the_task_itself()
    {
        string[] texts =
        [
            "mend the cart of the shop",
            "the invoice total is wrong",
            "the total of an invoice is wrong again",
        ];
        var rows = texts.Select((t, i) => _embedder.Row(Asked(t, i))).ToList();
        var tasks = rows.Select(r => SearchedTask.Of(r, OutcomeKind.Succeeded, _embedder.Name)).ToList();

        var found = new TaskSearch(tasks, _embedder).Find(texts[1], 5, rows[1].Id);

        found.Select(f => f.Task.Text).ShouldBe([texts[2], texts[0]]);
        found[0].Cosine.ShouldBeInRange(0.3, 0.99);
        tasks.ShouldAllBe(t => t.Vector.Length == 0);
    }

    /// <summary>What users of the airline were told to want.</summary>
    private static List<string> RealRequests()
    {
        using var log = JsonDocument.Parse(File.ReadAllText(SharedFiles.Path("logs/tau-bench/gpt-4o-airline.json")));
        return
        [
            .. log
                .RootElement.EnumerateArray()
                .Select(r => r.GetProperty("info").GetProperty("task").GetProperty("instruction").GetString()!)
                .SelectMany(t => t.Split(". "))
                .Where(t => t.Length > 20)
                .Distinct(StringComparer.Ordinal),
        ];
    }
}
