using Distiller.Gguf;

namespace Distiller.Jobs.Models;

/// <summary>An adapter as a file that llama.cpp attaches: the GGUF itself, or another form's factors written out in F32.</summary>
internal sealed class AttachableFile : IDisposable
{
    private readonly string? _folder;

    private AttachableFile(string path, string? folder) => (Path, _folder) = (path, folder);

    public string Path { get; }

    public static AttachableFile Of(string adapter, LoraWeights weights, BaseDescription origin)
    {
        if (File.Exists(adapter) && !adapter.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            return new AttachableFile(adapter, null);
        }

        var folder = Directory.CreateTempSubdirectory("distiller-adapter-").FullName;
        var path = System.IO.Path.Combine(folder, "adapter-f32.gguf");
        AdapterGguf.Write(path, weights, origin, AdapterEncoding.F32);
        return new AttachableFile(path, folder);
    }

    public void Dispose()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
