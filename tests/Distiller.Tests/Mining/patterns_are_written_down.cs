using System.Text.Json;
using Distiller.Lake;
using Distiller.Mining.Patterns;

namespace Distiller.Tests.Mining;

[TestFixture]
internal sealed class patterns_are_written_down
{
    private static Pattern Sample(DateTimeOffset? expires) =>
        new()
        {
            Id = "0123456789abcdef",
            Intent = "refund, kettle",
            Steps =
            [
                new ToolStep("find_user", [new ToolArgument("exact", "true"), new ToolArgument("name", null)]),
                new ToolStep("refund", [new ToolArgument("how", "\"card\"")]),
            ],
            Support = 5,
            Tasks = 4,
            SuccessWith = 0.75,
            SuccessWithout = 0.5,
            Lift = new Interval(-0.1, 0.6),
            TokensInPrompt = 33,
            OutputTokensWith = 120.5,
            OutputTokensWithout = 240.25,
            Episodes = [new EpisodeId("aa"), new EpisodeId("bb")],
            ExpiresAt = expires,
        };

    [Test]
    public void as_a_block_for_a_prompt() =>
        PatternText
            .Render([Sample(null), Sample(null) with { Intent = "x" }])
            .ShouldBe(
                """
                Procedures that worked before. Follow the one that fits; names in braces stand for values of the case at hand.

                1. When it is about: refund, kettle
                   a) find_user(exact=true, name={name})
                   b) refund(how="card")

                2. When it is about: x
                   a) find_user(exact=true, name={name})
                   b) refund(how="card")

                """.ReplaceLineEndings("\n")
            );

    [Test]
    public void no_patterns_are_no_block() => PatternText.Render([]).ShouldBe("");

    [Test]
    public void as_parquet_and_back()
    {
        using var folder = new TemporaryFolder();
        Pattern[] patterns = [Sample(new DateTimeOffset(2026, 12, 20, 8, 0, 0, TimeSpan.Zero)), Sample(null)];

        ParquetTable.Write(folder["patterns.parquet"], patterns.Select(PatternRow.Of));
        var back = ParquetTable.Read<PatternRow>(folder["patterns.parquet"]).Select(r => r.ToPattern()).ToList();

        JsonSerializer.Serialize(back).ShouldBe(JsonSerializer.Serialize(patterns));
    }
}
