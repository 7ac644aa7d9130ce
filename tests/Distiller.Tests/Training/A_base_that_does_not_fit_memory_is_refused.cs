using Distiller.Gguf;
using Distiller.Training.Distilling;

namespace Distiller.Tests.Training;

internal sealed class A_base_that_does_not_fit_memory_is_refused
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void with_the_estimate()
    {
        using var file = GgufFile.Open(new TinyBase().Write(_folder["base.gguf"]));
        var need = TrainingMemory.Of(file, new TrainingOptions { Precision = Precision.Fp32 }, 100);

        need.RequireFits(file.Path, need.Total);
        need.RequireFits(file.Path, null);
        var refusal = Should.Throw<BadInputException>(() => need.RequireFits(file.Path, need.Total - 1));
        refusal.Place.File.ShouldBe(file.Path);
        refusal.Reason.ShouldContain("GB of memory");
        refusal.Remedy.ShouldContain("--activation-checkpointing");
    }

    [Test]
    public void which_counts_weights_factors_and_activations()
    {
        using var file = GgufFile.Open(new TinyBase { Layers = 2 }.Write(_folder["base.gguf"]));
        var options = new TrainingOptions
        {
            Precision = Precision.Fp32,
            Rank = 8,
            TokensPerPass = 1024,
        };
        var need = TrainingMemory.Of(file, options, 100);

        need.Base.ShouldBe(4 * file.Tensors.Sum(t => t.Elements));
        // In and out of q, k, v, output, gate, up, down: values, gradients and two moments.
        var sides = 2 * (64 + 64 + 2 * (64 + 32) + 64 + 64 + 3 * (64 + 128));
        need.Adapter.ShouldBe(sides * 8 * 4 * sizeof(float));
        TrainingMemory.Of(file, options with { Precision = Precision.Bf16 }, 100).Base.ShouldBeLessThan(need.Base);
        TrainingMemory.Of(file, options, 2000).Activations.ShouldBeGreaterThan(need.Activations);
        TrainingMemory
            .Of(file, options with { ActivationCheckpointing = true }, 100)
            .Activations.ShouldBeLessThan(need.Activations);
    }

    [Test]
    public void what_is_free_is_the_machines_or_the_groups()
    {
        File.WriteAllText(
            _folder["meminfo"],
            "MemTotal:       24683656 kB\nMemFree:        100 kB\nMemAvailable:   2000 kB\nSwapFree:       500 kB\n"
        );
        MachineMemory.Available(_folder["meminfo"], _folder["none"]).ShouldBe(2500 * 1024);
        MachineMemory.Available(_folder["none"], _folder["none"]).ShouldBeNull();

        Directory.CreateDirectory(_folder["group"]);
        File.WriteAllText(_folder["group/memory.max"], "1000000\n");
        File.WriteAllText(_folder["group/memory.current"], "700000\n");
        File.WriteAllText(_folder["group/memory.stat"], "anon 600000\ninactive_file 50000\nactive_file 50000\n");
        MachineMemory.Available(_folder["meminfo"], _folder["group"]).ShouldBe(350_000);
        File.WriteAllText(_folder["group/memory.max"], "max\n");
        MachineMemory.Available(_folder["meminfo"], _folder["group"]).ShouldBe(2500 * 1024);
    }
}
