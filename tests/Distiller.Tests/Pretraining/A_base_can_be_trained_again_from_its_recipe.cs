using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Distiller.Pretraining;
using Distiller.Training.Torch;

namespace Distiller.Tests.Pretraining;

internal sealed class A_base_can_be_trained_again_from_its_recipe
{
    private static readonly Toy.Pairs Curriculum = new();

    private TemporaryFolder _folder = null!;
    private PretrainingResult _result = null!;

    [OneTimeSetUp]
    public void Train()
    {
        _folder = new TemporaryFolder();
        _result = Toy.Train(_folder["checkpoint"]);
        PretrainingCurve.Write(_folder["curve.csv"], _result.Curve, Curriculum);
        PretrainingRecipe
            .Of(
                _folder.Path,
                ["curve.csv"],
                "1.2.3",
                "random, seed 1",
                Toy.Architecture,
                Toy.Options,
                Curriculum,
                _result
            )
            .Write(_folder["recipe.json"]);
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void to_the_same_weights()
    {
        var recipe = Recipe();
        var again = new Pretrainer(
            recipe.Architecture,
            Curriculum,
            recipe.Options,
            Device.Cpu,
            TimeProvider.System
        ).Train(new RandomStart(1), _folder["again"]);

        again.Curve.ShouldBe(_result.Curve);
        foreach (var (name, values) in _result.Weights)
        {
            again.Weights[name].ShouldBe(values, name);
        }
    }

    [Test]
    public void which_names_the_files_beside_it_and_says_how_far_each_rung_came()
    {
        var recipe = Recipe();
        recipe.Sha256.Keys.ShouldBe(["curve.csv"]);
        recipe
            .Sha256["curve.csv"]
            .ShouldBe(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder["curve.csv"]))));
        recipe.Tool.ShouldBe("1.2.3");
        recipe.Torch.ShouldBe(TorchInfo.Version);
        recipe.Steps.ShouldBe(60);
        recipe.Tokens.ShouldBe(_result.Curve[^1].Tokens);
        recipe.Parameters.ShouldBe(_result.Weights.Values.Sum(w => w.LongLength));
        recipe.Rungs.Select(r => r.Name).ShouldBe(["4 questions", "8 questions", "16 questions"]);
        recipe.Rungs.Sum(r => r.Steps).ShouldBe(60);
        var last = _result.Curve.Where(s => s.Rung == 0).TakeLast(Toy.Options.PassBatches);
        recipe.Rungs[0].ExactMatch.ShouldNotBeNull().ShouldBe(last.Average(s => s.ExactMatch), 1e-4);
    }

    [Test]
    public void and_the_curve_has_a_line_for_each_step()
    {
        var lines = File.ReadAllLines(_folder["curve.csv"]);
        lines[0].ShouldBe("step,tokens,rung,top_rung,loss,exact_match,learning_rate,gradient_norm");
        lines.Length.ShouldBe(61);
        foreach (var (line, step) in lines.Skip(1).Zip(_result.Curve))
        {
            var cells = line.Split(',');
            cells[0].ShouldBe(step.Step.ToString(CultureInfo.InvariantCulture));
            cells[2].ShouldBe(Curriculum.RungName(step.Rung));
            double.Parse(cells[4], CultureInfo.InvariantCulture).ShouldBe(step.Loss, 1e-5 * step.Loss);
            double.Parse(cells[5], CultureInfo.InvariantCulture).ShouldBe(step.ExactMatch, 1e-5);
        }
    }

    private PretrainingRecipe Recipe() =>
        JsonSerializer
            .Deserialize<PretrainingRecipe>(File.ReadAllText(_folder["recipe.json"]), EpisodeJson.Options)
            .ShouldNotBeNull();
}
