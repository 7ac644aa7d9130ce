using System.Text.Json;
using Distiller.Lake;

namespace Distiller.Tests.Repeating;

/// <summary>Keys of artifacts and steps of patterns follow from these texts; they were taken from the code before its two
/// copies were merged.</summary>
internal sealed class equal_values_are_equal_texts
{
    [TestCase(
        """{ "b": 1.0, "a": [1e3, -0, 0.10, {"z":null,"y":true}], "B": "é<>&\u0001\u20ac\ud83d\ude00 \"q\" \/", "": 12345678901234567890 }""",
        """{"":12345678901234567890,"B":"é<>&\u0001€\uD83D\uDE00 \"q\" /","a":[1e3,-0,0.10,{"y":true,"z":null}],"b":1.0}"""
    )]
    [TestCase("""[1.50,{"k":{"b":2,"a":1}},"x"]""", """[1.50,{"k":{"a":1,"b":2}},"x"]""")]
    [TestCase("""{"a":2,"b":0,"a":1}""", """{"a":2,"a":1,"b":0}""")]
    [TestCase(" \"plain\"", "\"plain\"")]
    [TestCase("null", "null")]
    [TestCase("1E+2", "1E+2")]
    [TestCase("{ }", "{}")]
    public void of_what_a_log_says(string json, string text)
    {
        using var document = JsonDocument.Parse(json);
        CanonicalJson.Text(document.RootElement).ShouldBe(text);
    }

    [Test]
    public void of_settings()
    {
        var settings = new
        {
            Zeta = 0.1f,
            Alpha = (double?)null,
            Mode = OutcomeKind.Succeeded,
            List = new[] { 3, 1 },
            Nested = new
            {
                B = "é<",
                A = 1e-7,
                When = TimeSpan.FromMinutes(90),
            },
            Map = new Dictionary<string, double>(StringComparer.Ordinal) { ["b"] = 1, ["A"] = 2.50 },
        };
        const string text =
            """{"list":[3,1],"map":{"A":2.5,"b":1},"mode":"succeeded","nested":{"a":1E-07,"b":"é<","when":"01:30:00"},"zeta":0.1}""";

        CanonicalJson.Text(settings).ShouldBe(text);
        CanonicalJson.Sorted(settings).GetRawText().ShouldBe(text);
        CanonicalJson.Hash(settings).ShouldBe("0fcdd410869f0de60e393eb63fb4a93a7aacc86357690d844cbfb666d99a7e2b");
        CanonicalJson.Text(null).ShouldBe("null");
        CanonicalJson.Hash(null).ShouldBe("74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b");
    }

    /// <summary>The key is that of the former code, computed by hand with sha256sum from the text beside it.</summary>
    [Test]
    public void of_a_recipe()
    {
        // {"inputs":["b","a"],"kind":"patterns","seed":7,"settings":{"a":1,"z":"é"},"stage":"mine","version":"3"}
        new ArtifactRecipe("mine", "3", new { Z = "é", A = 1 }, 7, ["b", "a"])
            .Key("patterns")
            .ShouldBe("6742fca7280b02a3");
    }
}
