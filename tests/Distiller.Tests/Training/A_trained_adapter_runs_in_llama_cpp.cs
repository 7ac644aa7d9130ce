using Distiller.Gguf;
using Distiller.Tests.Gguf;
using Distiller.Training.Distilling;
using Distiller.Training.Lora;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

internal sealed class A_trained_adapter_runs_in_llama_cpp
{
    [TestCase("llama")]
    [TestCase("qwen2")]
    [TestCase("qwen3")]
    public void and_gives_the_logits_that_the_trainer_saw(string architecture)
    {
        using var folder = new TemporaryFolder();
        var path = new TinyBase { Architecture = architecture }.Write(folder["base.gguf"]);
        using var file = GgufFile.Open(path);
        using var model = BaseModel.Load(file, Device.Cpu);
        var trained = new LoraTrainer(model, file.Sha256(), TimeProvider.System).Train(
            TrainingRows.Some(8),
            TrainingRows.Quick
        );
        trained.Curve[^1].Loss.ShouldBeLessThan(trained.Curve[0].Loss);
        AdapterGguf.Write(folder["adapter.gguf"], trained.Adapter, BaseDescription.Of(file), AdapterEncoding.F16);

        int[] tokens = [.. Enumerable.Range(0, 40).Select(i => (i * 31 + 5) % 250)];
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        using var adapter = LoraAdapter.From(model, AdapterGguf.Read(folder["adapter.gguf"]));
        var ours = model.Logits(new TokenRows(tokens), adapter, [tokens.Length - 1]).ToFloats();
        var plain = model.Logits(new TokenRows(tokens), positions: [tokens.Length - 1]).ToFloats();
        using var probe = new LlamaProbe(path);
        probe.Attach(folder["adapter.gguf"]).ShouldBeTrue();

        // llama.cpp also rounds the activations of a half-precision product to half precision.
        Agreement.Furthest(ours, probe.Logits(tokens)).ShouldBeLessThan(0.01f);
        Agreement.Furthest(ours, plain).ShouldBeGreaterThan(0.2f, "the adapter matters");
    }
}
