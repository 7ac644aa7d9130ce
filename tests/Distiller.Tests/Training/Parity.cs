using System.Text.Json;
using Distiller.Gguf;
using Distiller.Training.Model;
using Distiller.Training.Torch;

namespace Distiller.Tests.Training;

/// <summary>Reference results of transformers and PEFT, and the bases they were made with.</summary>
internal static class Parity
{
    public static readonly string[] Bases = ["llama-gqa-tied", "qwen2-bias", "qwen3-qknorm"];

    public static BaseModel Load(string path, ScalarType? type = null)
    {
        using var file = GgufFile.Open(path);
        return BaseModel.Load(file, Device.Cpu, type);
    }

    public static JsonElement Json(string relative) =>
        JsonDocument.Parse(File.ReadAllText(SharedFiles.Path(relative))).RootElement;

    public static int[] Ints(this JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateArray().Select(x => x.GetInt32())];

    public static double[] Doubles(this JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateArray().Select(x => x.GetDouble())];

    public static double[] Nll(BaseModel model, int[] ids)
    {
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        var wanted = new LossPositions(
            [.. Enumerable.Range(0, ids.Length - 1)],
            ids[1..],
            [.. Enumerable.Repeat(1f, ids.Length - 1)]
        );
        return model.Loss(new TokenRows(ids), wanted).Nll.ToDoubles();
    }

    public static double Furthest(IEnumerable<double> ours, IEnumerable<double> theirs) =>
        ours.Zip(theirs, (a, b) => double.IsNaN(a) ? double.PositiveInfinity : Math.Abs(a - b)).Max();

    /// <summary>The adapter that PEFT wrote, in the layout of the base's GGUF file.</summary>
    public static LoraWeights Peft(string name, string adapter)
    {
        using var file = GgufFile.Open(SharedFiles.Path($"parity/{name}/base.gguf"));
        return PeftAdapter.Read(SharedFiles.Path($"parity/{name}/{adapter}"), BaseDescription.Of(file));
    }
}
