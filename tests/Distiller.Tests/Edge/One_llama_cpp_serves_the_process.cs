using System.Text;
using Distiller.Edge;
using Distiller.Gguf;

namespace Distiller.Tests.Edge;

/// <summary>Each in a process of its own: a library is loaded once, and a wrong one may end the process.</summary>
public sealed class One_llama_cpp_serves_the_process
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("codec", "llama")]
    [TestCase("llama", "codec")]
    public void whoever_loads_it_first(string first, string second) =>
        Loaded(EdgeChild.Start("use", first, second)).ShouldBe(Own("ggml-base", "ggml-cpu", "ggml", "llama"), true);

    [Test]
    public void and_the_codec_alone_needs_its_base_only() =>
        Loaded(EdgeChild.Start("use", "codec")).ShouldBe(Own("ggml-base"));

    [Test]
    public void and_is_the_one_built_for_this_processor()
    {
        var runtime = EdgeRuntime.Describe();
        runtime.LlamaSharpVersion.ShouldBe("0.30.0");
        runtime.GgmlVersion.ShouldBe("0.18.0");
        runtime.Folder.ShouldEndWith(Path.Combine("native", runtime.CpuVariant));
        runtime.Devices.ShouldContain(d => d.IsCpu);
        var flags = File.ReadLines("/proc/cpuinfo").First(l => l.StartsWith("flags")).Split(' ');
        runtime.CpuVariant.ShouldBe(
            flags.Contains("avx512_vnni") && flags.Contains("avx512vbmi") ? "avx512"
            : flags.Contains("avx2") ? "avx2"
            : flags.Contains("avx") ? "avx"
            : "noavx"
        );
    }

    /// <summary>The loader looks there before it looks beside the library that asks.</summary>
    [Test]
    public void whatever_lies_on_the_library_path()
    {
        foreach (var name in new[] { "ggml-base", "ggml-cpu", "ggml" })
        {
            File.WriteAllText(_folder[$"lib{name}.so"], "no library at all");
        }

        Copy("llama");
        var start = EdgeChild.Start("use", "llama");
        start.Environment["LD_LIBRARY_PATH"] = _folder.Path;
        Loaded(start).ShouldBe(Own("ggml-base", "ggml-cpu", "ggml", "llama"), true);
    }

    [Test]
    public void and_another_one_that_is_there_already_is_refused()
    {
        Copy("ggml-base");
        var start = EdgeChild.Start("use", "codec");
        start.Environment["LD_PRELOAD"] = _folder["libggml-base.so"];
        var (file, reason, remedy) = Refused(start);
        file.ShouldBe(_folder["libggml-base.so"]);
        reason.ShouldBe("Another llama.cpp is loaded in this process.");
        remedy.ShouldContain("LD_PRELOAD");
    }

    [Test]
    public void and_a_machine_without_libgomp_is_told_so()
    {
        CopyAll();
        Patch("ggml-base", "libgomp.so.1", "libgomp.so.7");
        var (file, reason, remedy) = Refused(InFolder("codec"));
        file.ShouldBe(_folder["libggml-base.so"]);
        reason.ShouldContain("libgomp.so.7: cannot open shared object file");
        remedy.ShouldBe("Install the package libgomp1 (apt-get install libgomp1).");
    }

    [Test]
    public void and_one_with_too_old_a_c_library_too()
    {
        CopyAll();
        Patch("llama", "GLIBC_2.34", "GLIBC_9.34");
        var (file, reason, remedy) = Refused(InFolder("llama"));
        file.ShouldBe(_folder["libllama.so"]);
        reason.ShouldContain("`GLIBC_9.34' not found");
        remedy.ShouldStartWith("Use a newer distribution: glibc 2.34");
    }

    [Test]
    public void and_another_release_is_refused()
    {
        CopyAll();
        Patch("ggml-base", LlamaLibrary.SupportedCommit, "012345678");
        var (file, reason, remedy) = Refused(InFolder("codec"));
        file.ShouldBe(_folder["libggml-base.so"]);
        reason.ShouldBe($"This is ggml 012345678; the edge runtime is written for {LlamaLibrary.SupportedCommit}.");
        remedy.ShouldContain("LLamaSharp.Backend.Cpu 0.30.0");
    }

    [TestCase("llama")]
    [TestCase("ggml-cpu")]
    public void and_a_file_that_is_missing_or_damaged_is_named(string name)
    {
        CopyAll();
        File.Delete(_folder[$"lib{name}.so"]);
        Refused(InFolder("llama")).File.ShouldBe(_folder[$"lib{name}.so"]);
        File.WriteAllText(
            _folder[$"lib{name}.so"],
            "no library at all, but long enough to be looked at as one " + name
        );
        var (file, reason, remedy) = Refused(InFolder("llama"));
        file.ShouldBe(_folder[$"lib{name}.so"]);
        reason.ShouldContain("cannot be loaded");
        reason.ShouldNotContain("LD_DEBUG");
        remedy.ShouldContain("ops/setup.sh");
    }

    [Test]
    public void and_the_command_line_says_it_in_a_line()
    {
        var start = DistillerProcess.StartInfo("models", "check", new TinyBase().Write(_folder["base.gguf"]));
        start.Environment["DISTILLER_LLAMA"] = _folder["nowhere"];
        var (code, output, errors) = EdgeChild.Run(start);
        code.ShouldBe(3, errors);
        errors.Trim().Split('\n').Length.ShouldBeLessThan(4, errors);
        errors.ShouldContain("libggml-base.so");
        errors.ShouldContain("DISTILLER_LLAMA");
        errors.ShouldNotContain("   at ");
        output.ShouldBeEmpty();
    }

    private System.Diagnostics.ProcessStartInfo InFolder(params string[] order)
    {
        var start = EdgeChild.Start("use", order);
        start.Environment["DISTILLER_LLAMA"] = _folder.Path;
        return start;
    }

    private static string[] Loaded(System.Diagnostics.ProcessStartInfo start)
    {
        var (code, output, errors) = EdgeChild.Run(start);
        code.ShouldBe(0, $"{output}\n{errors}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static (string File, string Reason, string Remedy) Refused(System.Diagnostics.ProcessStartInfo start)
    {
        var lines = Loaded(start);
        lines[0].ShouldBe("refused", string.Join('\n', lines));
        lines.Length.ShouldBe(4);
        return (lines[1], lines[2], lines[3]);
    }

    private static string[] Own(params string[] names) =>
        [.. names.Select(n => Path.Combine(LlamaLibrary.Folder, $"lib{n}.so"))];

    private void CopyAll()
    {
        foreach (var name in new[] { "ggml-base", "ggml-cpu", "ggml", "llama" })
        {
            Copy(name);
        }
    }

    private void Copy(string name) =>
        File.WriteAllBytes(
            _folder[$"lib{name}.so"],
            File.ReadAllBytes(Path.Combine(LlamaLibrary.Folder, $"lib{name}.so"))
        );

    /// <summary>Replaces every occurrence of a text in a library by one of the same length.</summary>
    private void Patch(string name, string from, string to)
    {
        to.Length.ShouldBe(from.Length);
        var bytes = File.ReadAllBytes(_folder[$"lib{name}.so"]);
        var (found, at) = (0, 0);
        for (int next; (next = bytes.AsSpan(at).IndexOf(Encoding.ASCII.GetBytes(from))) >= 0; found++)
        {
            at += next;
            Encoding.ASCII.GetBytes(to).CopyTo(bytes, at);
        }

        found.ShouldBeGreaterThan(0, from);
        File.WriteAllBytes(_folder[$"lib{name}.so"], bytes);
    }
}
