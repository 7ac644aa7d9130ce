using System.Runtime.InteropServices;
using Distiller.Core;
using Distiller.Edge.Native;

namespace Distiller.Edge;

/// <summary>llama.cpp in this process: loaded once, at the first use of anything that needs it.</summary>
public static class EdgeRuntime
{
    private static readonly Lock s_gate = new();
    private static EdgeRuntimeOptions s_options = new();
    private static string? s_plugin;

    /// <summary>Must come before the first model is loaded: a plugin cannot be exchanged afterwards.</summary>
    public static void Configure(EdgeRuntimeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (s_gate)
        {
            if (s_plugin is not null && options.CpuPlugin is not null && options.CpuPlugin != s_plugin)
            {
                throw new InvalidOperationException(
                    $"{s_plugin} is loaded already; the CPU plugin must be chosen before the first model is loaded."
                );
            }

            s_options = options;
        }
    }

    public static EdgeRuntimeDescription Describe()
    {
        Ensure();
        return new EdgeRuntimeDescription(
            LlamaApi.Version(),
            GgmlApi.Commit(),
            NativeLibraries.Folder,
            s_plugin!,
            [.. Devices()]
        );
    }

    internal static void Ensure()
    {
        lock (s_gate)
        {
            if (s_plugin is not null)
            {
                return;
            }

            NativeLibraries.Ensure();
            var plugin = CpuPlugin.Choose(NativeLibraries.Folder, s_options.CpuPlugin);
            // Back ends beside the CPU's first, as llama.cpp orders them: a model prefers the earlier device.
            foreach (var file in OtherBackEnds())
            {
                // One that does not fit this machine (no driver) registers nothing; Describe shows what is there.
                GgmlApi.ggml_backend_load(file);
            }

            NativeLog.Clear();
            if (GgmlApi.ggml_backend_load(plugin.Path) == 0)
            {
                throw new BadInputException(
                    new SourceLocation(plugin.Path, 0),
                    $"llama.cpp could not load this CPU plugin: {NativeLog.Errors()}.",
                    "Run `distiller doctor` to choose one that works on this machine."
                );
            }

            LlamaApi.llama_backend_init();
            s_plugin = plugin.Name;
        }
    }

    private static IEnumerable<string> OtherBackEnds() =>
        Directory
            .EnumerateFiles(NativeLibraries.Folder, "libggml-*.so")
            .Where(f =>
                !Path.GetFileName(f).StartsWith("libggml-cpu", StringComparison.Ordinal)
                && !Path.GetFileName(f).StartsWith("libggml-base", StringComparison.Ordinal)
            )
            .Order(StringComparer.Ordinal);

    private static unsafe IEnumerable<EdgeDevice> Devices()
    {
        var devices = new List<EdgeDevice>();
        for (nuint i = 0; i < GgmlApi.ggml_backend_dev_count(); i++)
        {
            var device = GgmlApi.ggml_backend_dev_get(i);
            nuint free;
            nuint total;
            GgmlApi.ggml_backend_dev_memory(device, &free, &total);
            devices.Add(
                new EdgeDevice(
                    Marshal.PtrToStringUTF8(GgmlApi.ggml_backend_dev_name(device)) ?? "",
                    Marshal.PtrToStringUTF8(GgmlApi.ggml_backend_dev_description(device)) ?? "",
                    GgmlApi.ggml_backend_dev_type(device) == 0,
                    (long)free,
                    (long)total
                )
            );
        }

        return devices;
    }
}
