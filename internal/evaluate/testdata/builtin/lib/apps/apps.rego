package lib.apps

captured contains app if {
	some app in input.applications
	app.mesh.captured == "yes"
}
