using System.Reflection;
using System.Xml.Linq;
using NetArchTest.Rules;

namespace Distiller.Tests.Architecture;

/// <summary>
/// Stages meet in files, so none calls another. The table is the whole graph below the pipeline: a project that is to know
/// another one is entered here, with the reason in the commit.
/// </summary>
internal sealed class projects_know_only_what_they_may
{
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["Distiller.Core"] = [],
        ["Distiller.Gguf"] = ["Distiller.Core"],
        ["Distiller.Registry"] = ["Distiller.Core"],
        ["Distiller.Lake"] = ["Distiller.Core"],
        ["Distiller.Yaml"] = ["Distiller.Core"],
        ["Distiller.Retrieval"] = [],
        ["Distiller.Scrubbing"] = ["Distiller.Core", "Distiller.Yaml"],
        ["Distiller.Terminal"] = ["Distiller.Core"],
        ["Distiller.Logs"] = ["Distiller.Core", "Distiller.Lake", "Distiller.Scrubbing", "Distiller.Yaml"],
        ["Distiller.Edge"] = ["Distiller.Core", "Distiller.Gguf", "Distiller.Registry"],
        ["Distiller.EdgeServer"] = ["Distiller.Core", "Distiller.Edge", "Distiller.Retrieval"],
        ["Distiller.Study"] = ["Distiller.Core", "Distiller.Edge", "Distiller.Retrieval"],
        ["Distiller.Training"] = ["Distiller.Core", "Distiller.Gguf"],
        ["Distiller.Pretraining"] = ["Distiller.Core", "Distiller.Gguf", "Distiller.Training"],
        ["Distiller.Mining"] = ["Distiller.Core", "Distiller.Lake", "Distiller.Edge", "Distiller.Retrieval"],
        ["Distiller.Evaluation"] =
        [
            "Distiller.Core",
            "Distiller.Lake",
            "Distiller.Edge",
            "Distiller.Retrieval",
            "Distiller.Yaml",
        ],
    };

    private static IEnumerable<string> Stages => Known.Keys;

    private static string[] Files { get; } =
    [
        .. new[] { "src", "jobs" }.SelectMany(f =>
            Directory.GetFiles(Path.Combine(Repository.Root, f), "*.csproj", SearchOption.AllDirectories)
        ),
    ];

    /// <summary>Of programs, whose assemblies are named as they are called.</summary>
    private static Dictionary<string, string> ProgramNames { get; } =
        new(StringComparer.Ordinal) { ["Distiller.Cli"] = "distiller", ["Distiller.EdgeCli"] = "distiller-edge" };

    /// <summary>By its project, which is also its root namespace.</summary>
    private static Dictionary<string, Assembly> Assemblies { get; } =
        Files
            .Select(f => Path.GetFileNameWithoutExtension(f))
            .ToDictionary(n => n, n => Assembly.Load(ProgramNames.GetValueOrDefault(n, n)), StringComparer.Ordinal);

    [TestCaseSource(nameof(Stages))]
    public void a_stage_uses_no_other(string stage)
    {
        string[] others = [.. Assemblies.Keys.Except(Known[stage]).Where(n => n != stage)];
        Uses(stage, others).ShouldBeEmpty();
        Referenced(stage).ShouldBeSubsetOf(Known[stage]);
    }

    [Test]
    public void nothing_but_the_command_line_uses_the_sample_company()
    {
        foreach (var project in Assemblies.Keys.Except(["Distiller.Opsdesk", "Distiller.Cli"]))
        {
            Uses(project, "Distiller.Opsdesk").ShouldBeEmpty(project);
            Referenced(project).ShouldNotContain("Distiller.Opsdesk", project);
        }
    }

    /// <summary>No night makes a base: the commands of the sample company do.</summary>
    [Test]
    public void nothing_but_the_sample_company_and_the_command_line_uses_pretraining()
    {
        foreach (var project in Assemblies.Keys.Except(["Distiller.Pretraining", "Distiller.Opsdesk", "Distiller.Cli"]))
        {
            Uses(project, "Distiller.Pretraining").ShouldBeEmpty(project);
            Referenced(project).ShouldNotContain("Distiller.Pretraining", project);
        }
    }

    [TestCase("TorchSharp", "Distiller.Training", "Distiller.Pretraining")]
    [TestCase("LLama", "Distiller.Edge")]
    [TestCase("DuckDB", "Distiller.Lake")]
    [TestCase("Parquet", "Distiller.Lake")]
    [TestCase("NSec", "Distiller.Registry")]
    public void a_native_library_has_few_users(string package, params string[] users) =>
        Assemblies.Keys.Where(p => Uses(p, package).Count > 0).ShouldBe(users, ignoreOrder: true);

    [Test]
    public void the_edge_never_loads_libtorch()
    {
        var reached = Reached("Distiller.Edge");
        reached.ShouldContain("Distiller.Core");
        reached.ShouldNotContain("TorchSharp");
        reached.ShouldNotContain("Distiller.Training");
        Reached("Distiller.EdgeServer").ShouldNotContain("TorchSharp");
        string[] heavy =
        [
            "TorchSharp",
            "DuckDB.NET.Data",
            "Parquet",
            "Microsoft.ML.Core",
            "Distiller.Training",
            "Distiller.Lake",
        ];
        Reached("Distiller.EdgeCli").Intersect(heavy).ShouldBeEmpty();
    }

    /// <summary>
    /// Of the jobs the pages know the store of runs alone, which knows nothing but nouns: so no page leads to libtorch,
    /// although its project refers to that of the jobs.
    /// </summary>
    [Test]
    public void pages_know_the_store_of_runs_and_never_load_libtorch()
    {
        const string Store = "Distiller.Jobs.Scheduling.Store";
        string[] rest =
        [
            .. Assemblies["Distiller.Jobs"]
                .GetTypes()
                .Where(t => t.Namespace?.StartsWith("Distiller", StringComparison.Ordinal) == true)
                .Where(t => t.Namespace != Store && !t.IsNested)
                .Select(t => t.FullName!),
        ];
        rest.ShouldContain(typeof(Jobs.NightlyPipeline).FullName);
        Uses("Distiller.Dashboard", Store).ShouldNotBeEmpty();
        Uses("Distiller.Dashboard", [.. rest, "TorchSharp", "Distiller.Training"]).ShouldBeEmpty();

        string[] all = [.. rest, "TorchSharp", .. Assemblies.Keys.Except(["Distiller.Core", "Distiller.Jobs"])];
        var ofStore = Types.InAssembly(Assemblies["Distiller.Jobs"]).That().ResideInNamespace(Store);
        ofStore.GetTypes().ShouldNotBeEmpty();
        ofStore.And().HaveDependencyOnAny(all).GetTypes().Select(t => t.FullName).ShouldBeEmpty();
    }

    [Test]
    public void a_project_is_named_for_what_it_is() =>
        Assemblies.Keys.ShouldAllBe(n =>
            !n.Split('.').Any(w => new[] { "Common", "Utils", "Utilities", "Helpers", "Shared", "Misc" }.Contains(w))
        );

    private static IReadOnlyList<string> Uses(string project, params string[] namespaces) =>
        Types
            .InAssembly(Assemblies[project])
            .That()
            .HaveDependencyOnAny(namespaces)
            .GetTypes()
            .Select(t => t.FullName!)
            .ToList();

    private static IReadOnlyList<string> Referenced(string project) =>
        [
            .. XDocument
                .Load(Files.Single(f => Path.GetFileNameWithoutExtension(f) == project))
                .Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)),
        ];

    /// <summary>Names of all assemblies that a project's code leads to.</summary>
    private static HashSet<string> Reached(string project)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<Assembly>([Assemblies[project]]);
        while (open.TryPop(out var assembly))
        {
            foreach (var name in assembly.GetReferencedAssemblies().Where(n => names.Add(n.Name!)))
            {
                if (Assemblies.TryGetValue(name.Name!, out var next))
                {
                    open.Push(next);
                }
            }
        }

        return names;
    }
}
