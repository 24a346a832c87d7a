using System.Diagnostics;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using VirtualServers.Service.Telemetry;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>
/// The manifests of deploy/kubernetes, read by the types of Kubernetes: unknown fields and wrong types fail. No cluster is run.
/// </summary>
public sealed partial class ManifestTests
{
    private static string Folder => Path.Combine(Repository.Root, "deploy", "kubernetes");

    public static TheoryData<string> Files =>
    [
        .. Directory.GetFiles(Folder, "*.yaml", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path) != "kustomization.yaml")
            .Select(path => Path.GetRelativePath(Folder, path)),
    ];

    [Theory, MemberData(nameof(Files))]
    public void A_manifest_has_only_fields_and_types_of_Kubernetes(string file)
    {
        var text = File.ReadAllText(Path.Combine(Folder, file));
        Assert.NotEmpty(Read(text));
        Assert.ThrowsAny<Exception>(() => Read(text.Replace("spec:", "spec:\n  noSuchField: 1", StringComparison.Ordinal)));
    }

    [KubectlTheory]
    [InlineData("base")]
    [InlineData("overlays/staging")]
    [InlineData("overlays/production")]
    public async Task A_rendered_installation_is_valid_and_fits_together(string overlay)
    {
        using var kubectl = Process.Start(new ProcessStartInfo("kubectl", ["kustomize", Path.Combine(Folder, overlay)])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var error = kubectl.StandardError.ReadToEndAsync();
        var objects = Read(await kubectl.StandardOutput.ReadToEndAsync());
        await kubectl.WaitForExitAsync();
        Assert.True(kubectl.ExitCode == 0, await error);

        var deployment = objects.OfType<V1Deployment>().Single();
        var labels = deployment.Spec.Template.Metadata.Labels;
        var container = deployment.Spec.Template.Spec.Containers.Single();
        foreach (var selector in new[]
        {
            deployment.Spec.Selector.MatchLabels, objects.OfType<V1Service>().Single().Spec.Selector,
            objects.OfType<V1PodDisruptionBudget>().Single().Spec.Selector.MatchLabels,
            objects.OfType<V1NetworkPolicy>().Single().Spec.PodSelector.MatchLabels,
        }) Assert.Empty(selector.Except(labels));

        var replicas = objects.OfType<V2HorizontalPodAutoscaler>().SingleOrDefault()?.Spec.MinReplicas ?? deployment.Spec.Replicas;
        Assert.True(replicas >= 2, $"{replicas} replicas");
        var settings = objects.OfType<V1ConfigMap>().Single();
        Assert.Equal(settings.Metadata.Name, container.EnvFrom.Single().ConfigMapRef.Name);
        Assert.All(
            new[] { deployment.Spec.Template.Spec, objects.OfType<V1Job>().Single().Spec.Template.Spec },
            pod =>
            {
                Assert.True(pod.SecurityContext.RunAsNonRoot);
                Assert.True(pod.Containers.Single().SecurityContext.ReadOnlyRootFilesystem);
                Assert.Equal(container.Image, pod.Containers.Single().Image);
            });
        // By reference: the manifests hold no secret.
        Assert.Empty(objects.OfType<V1Secret>());
        Assert.All(container.Env, variable => Assert.NotNull(variable.ValueFrom.SecretKeyRef));
        Assert.Equal(
            [Health.Readiness, Health.Readiness, Health.Liveness],
            new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe }.Select(probe => probe.Exec.Command[^1]));
    }

    // The names of settings in every file that sets some.
    [Theory]
    [InlineData("deploy/compose.yaml")]
    [InlineData("deploy/systemd/virtualserver.service")]
    [InlineData("deploy/kubernetes/base/kustomization.yaml")]
    [InlineData("deploy/kubernetes/base/deployment.yaml")]
    [InlineData("deploy/kubernetes/base/schema-job.yaml")]
    [InlineData("deploy/kubernetes/overlays/staging/kustomization.yaml")]
    [InlineData("deploy/kubernetes/overlays/production/kustomization.yaml")]
    public async Task A_file_sets_only_settings_of_the_service(string file)
    {
        var names = Setting().Matches(await Repository.Read(file))
            .Select(match => match.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains(Settings.All, setting => setting.Includes(name)));
    }

    private static List<object> Read(string text) => KubernetesYaml.LoadAllFromString(text, null, strict: true);

    [GeneratedRegex(@"(?:^|[\s=])((?:[A-Z][A-Za-z]+__\w+)|Urls|OTEL_[A-Z_]+)(?==|:|$)", RegexOptions.Multiline)]
    private static partial Regex Setting();
}

/// <summary>A test that renders manifests by kubectl; skipped where there is none.</summary>
internal sealed class KubectlTheoryAttribute : TheoryAttribute
{
    private static readonly bool Exists = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, "kubectl")));

    public KubectlTheoryAttribute() => Skip = Exists ? null : "kubectl is not installed: the manifests are not rendered";
}
