using System.Security.Cryptography;
using System.Text.Json;

namespace Distiller.Tests.Pretraining;

/// <summary>data/models/tiny at companies whose names, by the division of the pool, no pre-training has seen.</summary>
internal sealed class The_shipped_base_follows_a_handbook_it_has_never_seen
{
    private static readonly string Folder = Path.Combine(Repository.Root, "data", "models", "tiny");
    private static readonly string Base = Path.Combine(Folder, "tiny.gguf");

    [TestCase(601)]
    [TestCase(602)]
    public void with_sixty_rules_in_its_prompt_it_solves_most_tickets(int company)
    {
        // Near 95 of 100 on the machine where it was measured; another processor rounds differently.
        Solved(company, 40, "--handbook").ShouldBeGreaterThanOrEqualTo(33);
    }

    [Test]
    public void without_the_handbook_it_solves_none() => Solved(601, 20, "--no-handbook").ShouldBeLessThanOrEqualTo(1);

    [Test]
    public void it_is_the_file_that_its_recipe_names_and_small()
    {
        using var recipe = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "recipe.json")));
        foreach (var file in recipe.RootElement.GetProperty("sha256").EnumerateObject())
        {
            var bytes = File.ReadAllBytes(Path.Combine(Folder, file.Name));
            Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe(file.Value.GetString(), file.Name);
        }

        new FileInfo(Base).Length.ShouldBeLessThanOrEqualTo(8_000_000);
    }

    private static int Solved(int company, int tickets, string prompt)
    {
        using var folder = new TemporaryFolder();
        var run = DistillerProcess.Run(
            "opsdesk",
            "run",
            "--base",
            Base,
            "--company",
            $"{company}",
            "--tickets",
            $"{tickets}",
            prompt,
            "--home",
            folder["home"],
            "--threads",
            "1",
            "--json"
        );
        run.ExitCode.ShouldBe(0, run.Error);
        return JsonDocument.Parse(run.Output).RootElement.GetProperty("figures").GetProperty("solved").GetInt32();
    }
}
