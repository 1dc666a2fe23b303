// The APK: the sources that Maven compiles, with the core built for phones by cargo-ndk. Not run in this project's checks.
import org.jetbrains.kotlin.gradle.dsl.JvmTarget

plugins {
    id("com.android.application") version "8.7.3"
    id("org.jetbrains.kotlin.android") version "2.1.21"
}

/** The project's own folder, where Cargo.toml lies. */
val top = rootDir.parentFile

/** What cargo and the generator of bindings leave behind. */
val made = layout.buildDirectory.dir("core")

/** The core for the three kinds of phones that there are, and its Kotlin. */
val core by tasks.registering {
    inputs.files(fileTree(top.resolve("core")), fileTree(top.resolve("bindings")), top.resolve("Cargo.lock"))
    outputs.dir(made)
    doLast {
        val out = made.get().asFile
        providers.exec {
            workingDir = top
            commandLine(
                "cargo", "ndk", "--platform", "26", "-t", "arm64-v8a", "-t", "armeabi-v7a", "-t", "x86_64",
                "-o", out.resolve("jni").path, "build", "--profile", "dist", "-p", "redvest-bindings",
            )
        }.result.get()
        providers.exec {
            workingDir = top
            commandLine("bindings/generate", out.resolve("generated").path)
        }.result.get()
    }
}

android {
    namespace = "cn.redvest.app"
    compileSdk = 35
    defaultConfig {
        applicationId = "cn.redvest.app"
        minSdk = 26
        targetSdk = 35
        versionCode = 1
        versionName = "0.1.0"
    }
    sourceSets["main"].apply {
        java.srcDirs("src/main/kotlin", rootDir.resolve("sdk/src/main/kotlin"), made.map { it.dir("generated/kotlin") })
        jniLibs.srcDirs(made.map { it.dir("jni") })
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    androidResources { generateLocaleConfig = false }
}

kotlin { compilerOptions { jvmTarget.set(JvmTarget.JVM_17) } }

tasks.named("preBuild") { dependsOn(core) }

dependencies {
    implementation("net.java.dev.jna:jna:5.19.1@aar")
    implementation("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.11.0")
    implementation("com.squareup.okhttp3:okhttp:5.5.1")
    implementation("com.google.zxing:core:3.5.3")
}
