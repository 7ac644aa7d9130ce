using System.Diagnostics;
using System.Text.Json;
using Distiller.Core;
using Distiller.Edge.Native;

namespace Distiller.Edge;

/// <summary>
/// Tries the CPU plugins on a small quantized batch in a child process. A plugin may rate itself fit for a processor
/// whose kernel forbids some of its instructions (AMX): it then dies at the first batched product of a quantized weight,
/// and native code cannot catch that.
/// </summary>
public static class PluginProbe
{
    private const string Passed = "probe passed";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The best plugin that works, from <paramref name="verdictFile"/> where that was written on this machine for this
    /// release, else by trial; the file is then written. Pass it to <see cref="EdgeRuntime.Configure"/>.
    /// </summary>
    /// <param name="child">Starts this program so that it calls <see cref="RunInChild"/> with the arguments appended here.</param>
    public static PluginVerdict Verify(Func<ProcessStartInfo> child, string verdictFile)
    {
        ArgumentNullException.ThrowIfNull(child);
        NativeLibraries.Ensure();
        var machine = MachineIdentity.Sha256();
        if (Remembered(verdictFile, machine) is { } known)
        {
            return known;
        }

        var rejected = new List<RejectedPlugin>();
        foreach (var plugin in CpuPlugin.Usable(NativeLibraries.Folder))
        {
            if (Try(child(), plugin.Name) is { } reason)
            {
                rejected.Add(new RejectedPlugin(plugin.Name, reason));
                continue;
            }

            var verdict = new PluginVerdict(NativeLibraries.SupportedVersion, machine, plugin.Name, rejected);
            AtomicFile.Write(
                verdictFile,
                stream => JsonSerializer.Serialize(stream, verdict, EdgeJson.Default.PluginVerdict)
            );
            return verdict;
        }

        throw new BadInputException(
            new SourceLocation(NativeLibraries.Folder, 0),
            "No CPU plugin of llama.cpp works on this machine: "
                + string.Join("; ", rejected.Select(r => $"{r.Plugin} {r.Reason}"))
                + ".",
            "Install the package built for this machine with ops/setup.sh."
        );
    }

    /// <summary>
    /// The child's part: evaluates a quantized batch with one plugin. Returns the exit code: 0 when it worked, 1 when it
    /// gave nonsense; an illegal instruction ends the process before that.
    /// </summary>
    /// <param name="arguments">The plugin's file name, and a folder for the small model.</param>
    public static int RunInChild(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (arguments.Count != 2)
        {
            Console.Error.WriteLine("usage: PLUGIN FOLDER");
            return 2;
        }

        EdgeRuntime.Configure(new EdgeRuntimeOptions { CpuPlugin = arguments[0] });
        var path = Path.Combine(arguments[1], "probe.gguf");
        ProbeModel.Write(path);
        using var model = EdgeModel.Load(path, new EdgeModelOptions { Threads = 1 });
        using var session = model.OpenSession(new EdgeSessionOptions());
        var tokens = Enumerable.Range(0, 64).Select(i => i * 37 % model.VocabularySize).ToArray();
        session.Feed(tokens);
        var batched = session.LastLogits();
        // The same tokens one by one take other routines; they must agree but for the rounding of 8-bit activations.
        session.Reset();
        foreach (var token in tokens)
        {
            session.Feed([token]);
        }

        var single = session.LastLogits();
        var spread = single.Max() - single.Min();
        var difference = batched.Zip(single, (a, b) => Math.Abs(a - b)).Max();
        if (!(spread > 0 && difference < 0.1f * spread))
        {
            Console.Error.WriteLine($"the batch differs by {difference} of {spread}");
            return 1;
        }

        Console.Out.WriteLine(Passed);
        return 0;
    }

    /// <summary>Null when it worked, else how it ended.</summary>
    private static string? Try(ProcessStartInfo start, string plugin)
    {
        var folder = Directory.CreateTempSubdirectory("distiller-probe-");
        try
        {
            start.ArgumentList.Add(plugin);
            start.ArgumentList.Add(folder.FullName);
            start.RedirectStandardOutput = true;
            start.RedirectStandardError = true;
            start.UseShellExecute = false;
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(s_patience))
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
                return $"did not end within {s_patience.TotalSeconds:F0} s";
            }

            var passed = process.ExitCode == 0 && output.GetAwaiter().GetResult().Contains(Passed);
            return passed ? null : Ending(process.ExitCode, errors.GetAwaiter().GetResult());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Ending(int code, string errors)
    {
        const int signalled = 128;
        const int illegalInstruction = 4;
        var signal = code > signalled ? $" (signal {code - signalled}" : "";
        var name = code == signalled + illegalInstruction ? ", illegal instruction" : "";
        var first = errors.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0);
        return $"ended with code {code}{signal}{name}{(signal.Length > 0 ? ")" : "")}"
            + (first is null ? "" : $": {first}");
    }

    private static PluginVerdict? Remembered(string verdictFile, string machine)
    {
        if (!File.Exists(verdictFile))
        {
            return null;
        }

        try
        {
            using var file = File.OpenRead(verdictFile);
            var verdict = JsonSerializer.Deserialize(file, EdgeJson.Default.PluginVerdict);
            return
                verdict is { Plugin: not null, Rejected: not null }
                && verdict.LlamaVersion == NativeLibraries.SupportedVersion
                && verdict.Machine == machine
                && File.Exists(Path.Combine(NativeLibraries.Folder, Path.GetFileName(verdict.Plugin)))
                ? verdict
                : null;
        }
        catch (JsonException)
        {
            return null; // Written by another release or damaged: a trial costs a second.
        }
    }
}
