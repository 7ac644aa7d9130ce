using Distiller.Mining.Reducing;
using Distiller.Tests.Mining;

namespace Distiller.Tests.Reducing;

/// <summary>Properties over outputs spliced at random from real-looking pieces and from noise.</summary>
[TestFixture]
internal sealed class any_output_at_all
{
    private static readonly string[] Noise =
    [
        "\u001b[31m",
        "\r",
        "\r\n",
        "\n\n\n",
        "[3 lines, 40 bytes left out]",
        "{",
        "}",
        "[",
        "\"a\":null,",
        "\t",
        "error: x\n",
        "\ud83d\ude00",
        "\ud83d",
        "Traceback (most recent call last):\n",
        "diff --git a/x b/x\n@@ -1 +1 @@\n",
        "    ",
        "=== RUN   X\n",
    ];

    [Test]
    public void is_never_made_longer_and_reducing_it_twice_changes_nothing()
    {
        var random = new Random(20_261_122);
        // Two token counts: one that follows the length, one that jumps at words, as real vocabularies do.
        Func<string, int>[] counts = [Logged.CountTokens, t => t.Split([' ', '\n', '/', '.', ':']).Length];
        for (var round = 0; round < 400; round++)
        {
            var text = Splice(random);
            var reducer = new OutputReducer(counts[round % 2]);

            var (once, reduction) = reducer.Reduce(text, "Bash", "");
            var twice = reducer.Reduce(once, "Bash", "").Text;

            reduction.TokensAfter.ShouldBeLessThanOrEqualTo(reduction.TokensBefore, text);
            reduction.TokensAfter.ShouldBe(counts[round % 2](once));
            twice.ShouldBe(once, $"round {round}: {text}");
        }
    }

    private static string Splice(Random random)
    {
        var pieces = new List<string>();
        for (var i = random.Next(1, 12); i > 0; i--)
        {
            var sample = Outputs.All[random.Next(Outputs.All.Length)].Text;
            var from = random.Next(sample.Length);
            pieces.Add(
                random.Next(3) == 0
                    ? string.Concat(Enumerable.Repeat(Noise[random.Next(Noise.Length)], random.Next(1, 30)))
                    : sample.Substring(from, random.Next(sample.Length - from))
            );
        }

        return string.Concat(pieces);
    }
}
